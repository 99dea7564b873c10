-- application_id 0, user_version 0
BEGIN TRANSACTION;
CREATE TABLE able_staff (staff_id INTEGER PRIMARY KEY);
INSERT INTO "able_staff" VALUES(70);
INSERT INTO "able_staff" VALUES(90);
INSERT INTO "able_staff" VALUES(900);
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
INSERT INTO "about" VALUES('import_id','3');
INSERT INTO "about" VALUES('known','d05f8c489798feb295a4120b491b05622d08cc21634c1b0151acf609289738d6');
INSERT INTO "about" VALUES('mark','{"import_id":3,"address":"https://demo.example/aeries/api/v5","at":"2026-10-05T08:00:00.0000000-07:00","zone":"","school_year":"2026-2027","mapped":[7,9],"staff_rule":"teaching","lead_days":0,"next_change":null,"schedules":[[7,"masterschedule"],[9,"elementary"]],"unread_teachers":false,"full_requests":10,"full_bytes":2756}');
INSERT INTO "about" VALUES('next_end','2027-06-05');
CREATE TABLE active_student (student_id INTEGER PRIMARY KEY);
INSERT INTO "active_student" VALUES(7000);
INSERT INTO "active_student" VALUES(7001);
INSERT INTO "active_student" VALUES(9000);
INSERT INTO "active_student" VALUES(9001);
INSERT INTO "active_student" VALUES(9002);
CREATE TABLE aeries_school (
    code INTEGER PRIMARY KEY, name TEXT NOT NULL, short_name TEXT, status TEXT,
    do_not_report INTEGER NOT NULL DEFAULT 0, state_code TEXT, nces_code TEXT,
    low_grade INTEGER, high_grade INTEGER, schedule_type TEXT, session_type TEXT
);
INSERT INTO "aeries_school" VALUES(0,'School 0','','',0,'','',NULL,NULL,'MasterSchedule','');
INSERT INTO "aeries_school" VALUES(7,'School 7','','',0,'','',NULL,NULL,'MasterSchedule','');
INSERT INTO "aeries_school" VALUES(9,'School 9','','',0,'','',NULL,NULL,'Elementary','');
CREATE TABLE after_section (section_id TEXT PRIMARY KEY, school_code INTEGER, section_number INTEGER, teacher_number INTEGER, homeroom INTEGER, course_id TEXT, term TEXT, is_new INTEGER) WITHOUT ROWID;
INSERT INTO "after_section" VALUES('7_1',7,1,NULL,0,'0100','Y',1);
INSERT INTO "after_section" VALUES('7_2',7,2,NULL,0,'0100','Y',1);
INSERT INTO "after_section" VALUES('9_TN_5',9,NULL,5,1,NULL,'Y',1);
CREATE TABLE clean_course(
  "row" INT,
  course_id,
  title,
  long_description,
  department,
  subject_area,
  state_course_code,
  low_grade,
  high_grade
);
INSERT INTO "clean_course" VALUES(1,'0100','Course 0100',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "clean_course" VALUES(2,'0999','Course 0999',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE clean_section(
  "row" INT,
  section_id,
  school_code INT,
  section_number INT,
  course_id,
  term,
  period,
  room,
  low_grade,
  high_grade,
  total_students,
  status,
  foreign_school
);
INSERT INTO "clean_section" VALUES(1,'7_1',7,1,'0100','Y','1','7',NULL,NULL,NULL,NULL,0);
INSERT INTO "clean_section" VALUES(2,'7_2',7,2,'0100','Y','1','7',NULL,NULL,NULL,NULL,0);
CREATE TABLE clean_staff(
  "row" INT,
  staff_id INT,
  last_name,
  first_name,
  middle_name,
  name_suffix,
  email,
  user_name,
  login_id,
  hr_id,
  state_educator_id,
  title,
  primary_school,
  status
);
INSERT INTO "clean_staff" VALUES(1,900,'Teacherlast900','Teacherfirst900',NULL,NULL,'t900@example.org',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "clean_staff" VALUES(2,70,'Teacherlast70','Teacherfirst70',NULL,NULL,'t70@example.org',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "clean_staff" VALUES(3,90,'Teacherlast90','Teacherfirst90',NULL,NULL,'t90@example.org',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE clean_student(
  "row" INT,
  school_code INT,
  student_id INT,
  student_number INT,
  state_student_id,
  last_name,
  first_name,
  middle_name,
  preferred_last_name,
  preferred_first_name,
  gender,
  grade_text INT,
  birthdate TEXT,
  enter_date TEXT,
  leave_date TEXT,
  bad_date,
  status,
  email,
  login_id,
  homeroom_teacher,
  track,
  foreign_school,
  problem
);
INSERT INTO "clean_student" VALUES(1,7,7000,0,NULL,'Lastname7000','Held',NULL,NULL,NULL,NULL,5,NULL,NULL,NULL,0,NULL,'s7000@example.org',NULL,'0',NULL,0,NULL);
INSERT INTO "clean_student" VALUES(2,7,7001,1,NULL,'Lastname7001','Changed',NULL,NULL,NULL,NULL,5,NULL,NULL,NULL,0,NULL,'s7001@example.org',NULL,'0',NULL,0,NULL);
INSERT INTO "clean_student" VALUES(3,9,9000,0,NULL,'Lastname9000','Firstname9000',NULL,NULL,NULL,NULL,5,NULL,NULL,NULL,0,NULL,'s9000@example.org',NULL,'5',NULL,0,NULL);
INSERT INTO "clean_student" VALUES(4,9,9001,1,NULL,'Lastname9001','Firstname9001',NULL,NULL,NULL,NULL,5,NULL,NULL,NULL,0,NULL,'s9001@example.org',NULL,'5',NULL,0,NULL);
INSERT INTO "clean_student" VALUES(5,9,9002,2,NULL,'Lastname9002','Firstname9002',NULL,NULL,NULL,NULL,5,NULL,NULL,NULL,0,NULL,'s9002@example.org',NULL,'5',NULL,0,NULL);
CREATE TABLE clean_teacher(
  "row" INT,
  school_code INT,
  teacher_number INT,
  room,
  title,
  staff_id1,
  staff_id2,
  staff_id3,
  low_grade,
  high_grade
);
INSERT INTO "clean_teacher" VALUES(1,7,1,'1','Room 1',70,NULL,NULL,NULL,NULL);
INSERT INTO "clean_teacher" VALUES(2,9,5,'1','Room 5',90,NULL,NULL,NULL,NULL);
CREATE TABLE count (
    kind TEXT PRIMARY KEY, received INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
    reactivated INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0, out_of_scope INTEGER NOT NULL DEFAULT 0,
    deactivated INTEGER NOT NULL DEFAULT 0, active INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO "count" VALUES('course',2,0,0,1,0,0,0,1,0,1);
INSERT INTO "count" VALUES('enrollment',5,0,0,5,0,0,0,0,0,5);
INSERT INTO "count" VALUES('school_enrollment',5,0,0,5,0,0,0,0,0,5);
INSERT INTO "count" VALUES('section',3,0,0,3,0,0,0,0,0,3);
INSERT INTO "count" VALUES('staff',3,0,0,2,0,0,0,1,0,2);
INSERT INTO "count" VALUES('student',5,0,1,4,0,0,0,0,0,5);
INSERT INTO "count" VALUES('teaching',2,0,0,2,0,0,0,0,0,2);
CREATE TABLE current_section(
  section_id TEXT,
  school_code INT,
  total_students,
  students,
  teachers,
  named
);
INSERT INTO "current_section" VALUES('7_1',7,NULL,2,1,0);
INSERT INTO "current_section" VALUES('7_2',7,NULL,0,0,0);
INSERT INTO "current_section" VALUES('9_TN_5',9,NULL,3,1,0);
CREATE TABLE description (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL, kind TEXT NOT NULL,
    record TEXT NOT NULL, school INTEGER, field TEXT, message TEXT NOT NULL,
    consequences INTEGER NOT NULL DEFAULT 0, consequence_code TEXT
);
INSERT INTO "description" VALUES(1,'SECTION-NO-STUDENTS','W','section','7_2',7,NULL,'The section has no pupils today.',0,NULL);
INSERT INTO "description" VALUES(2,'SECTION-NO-TEACHER','W','section','7_2',7,'SectionStaffMembers','The section has no teacher.',0,NULL);
CREATE TABLE enrolled_student(student_id INT);
INSERT INTO "enrolled_student" VALUES(7000);
INSERT INTO "enrolled_student" VALUES(7001);
INSERT INTO "enrolled_student" VALUES(9000);
INSERT INTO "enrolled_student" VALUES(9001);
INSERT INTO "enrolled_student" VALUES(9002);
CREATE TABLE hold (
    position INTEGER PRIMARY KEY, code TEXT NOT NULL, kind TEXT, school INTEGER, field TEXT,
    message TEXT NOT NULL
);
CREATE TABLE homeroom_staff(
  "row" INT,
  section_id TEXT,
  school_code INT,
  staff_id,
  place
);
INSERT INTO "homeroom_staff" VALUES(2,'9_TN_5',9,90,1);
CREATE TABLE homeroom_student(
  school_code INT,
  teacher_number INT,
  student_id INT
);
INSERT INTO "homeroom_student" VALUES(9,5,9000);
INSERT INTO "homeroom_student" VALUES(9,5,9001);
INSERT INTO "homeroom_student" VALUES(9,5,9002);
CREATE TABLE judged_class(
  "row" INT,
  section_id,
  school_code INT,
  student_id INT,
  begin_date TEXT,
  end_date TEXT,
  state
);
INSERT INTO "judged_class" VALUES(1,'7_1',7,7000,'2026-08-15','2027-06-05','in');
INSERT INTO "judged_class" VALUES(2,'7_1',7,7001,'2026-08-15','2027-06-05','in');
CREATE TABLE judged_member(
  "row" INT,
  section_id,
  school_code INT,
  staff_id INT,
  is_primary,
  role,
  begin_date,
  end_date,
  state
);
INSERT INTO "judged_member" VALUES(1,'7_1',7,70,1,NULL,NULL,NULL,'in');
INSERT INTO "judged_member" VALUES(2,'9_TN_5',9,90,1,NULL,NULL,NULL,'in');
CREATE TABLE keep_course (course_id TEXT NOT NULL, PRIMARY KEY (course_id)) WITHOUT ROWID;
CREATE TABLE keep_enrollment (section_id TEXT NOT NULL, student_id INTEGER NOT NULL, PRIMARY KEY (section_id, student_id)) WITHOUT ROWID;
CREATE TABLE keep_school_enrollment (school_code INTEGER NOT NULL, student_id INTEGER NOT NULL, PRIMARY KEY (school_code, student_id)) WITHOUT ROWID;
CREATE TABLE keep_section (section_id TEXT NOT NULL, PRIMARY KEY (section_id)) WITHOUT ROWID;
CREATE TABLE keep_staff (staff_id INTEGER NOT NULL, PRIMARY KEY (staff_id)) WITHOUT ROWID;
CREATE TABLE keep_student (student_id INTEGER NOT NULL, PRIMARY KEY (student_id)) WITHOUT ROWID;
CREATE TABLE keep_teaching (section_id TEXT NOT NULL, staff_id INTEGER NOT NULL, PRIMARY KEY (section_id, staff_id)) WITHOUT ROWID;
CREATE TABLE known_section (school_code INTEGER, section_number INTEGER, section_id TEXT NOT NULL, is_in INTEGER NOT NULL, PRIMARY KEY (school_code, section_number)) WITHOUT ROWID;
INSERT INTO "known_section" VALUES(7,1,'7_1',1);
INSERT INTO "known_section" VALUES(7,2,'7_2',1);
CREATE TABLE missing_section(
  record,
  school INT,
  n
);
CREATE TABLE missing_staff(record INT,school,n);
CREATE TABLE missing_student(
  record INT,
  school INT,
  n
);
CREATE TABLE new_course (course_id TEXT NOT NULL, title TEXT, long_description TEXT, department TEXT, subject_area TEXT, state_course_code TEXT, low_grade INTEGER, high_grade INTEGER, PRIMARY KEY (course_id)) WITHOUT ROWID;
INSERT INTO "new_course" VALUES('0100','Course 0100',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE new_enrollment (section_id TEXT NOT NULL, student_id INTEGER NOT NULL, school_code INTEGER, begin_date TEXT, end_date TEXT, PRIMARY KEY (section_id, student_id)) WITHOUT ROWID;
INSERT INTO "new_enrollment" VALUES('7_1',7000,7,'2026-08-15','2027-06-05');
INSERT INTO "new_enrollment" VALUES('7_1',7001,7,'2026-08-15','2027-06-05');
INSERT INTO "new_enrollment" VALUES('9_TN_5',9000,9,NULL,NULL);
INSERT INTO "new_enrollment" VALUES('9_TN_5',9001,9,NULL,NULL);
INSERT INTO "new_enrollment" VALUES('9_TN_5',9002,9,NULL,NULL);
CREATE TABLE new_school_enrollment (school_code INTEGER NOT NULL, student_id INTEGER NOT NULL, student_number INTEGER, grade INTEGER, enter_date TEXT, leave_date TEXT, homeroom_teacher TEXT, track TEXT, PRIMARY KEY (school_code, student_id)) WITHOUT ROWID;
INSERT INTO "new_school_enrollment" VALUES(7,7000,0,5,NULL,NULL,'0',NULL);
INSERT INTO "new_school_enrollment" VALUES(7,7001,1,5,NULL,NULL,'0',NULL);
INSERT INTO "new_school_enrollment" VALUES(9,9000,0,5,NULL,NULL,'5',NULL);
INSERT INTO "new_school_enrollment" VALUES(9,9001,1,5,NULL,NULL,'5',NULL);
INSERT INTO "new_school_enrollment" VALUES(9,9002,2,5,NULL,NULL,'5',NULL);
CREATE TABLE new_section (section_id TEXT NOT NULL, school_code INTEGER, section_number INTEGER, teacher_number INTEGER, homeroom INTEGER, title TEXT, course_id TEXT, term TEXT, period TEXT, room TEXT, low_grade INTEGER, high_grade INTEGER, PRIMARY KEY (section_id)) WITHOUT ROWID;
INSERT INTO "new_section" VALUES('7_1',7,1,NULL,0,NULL,'0100','Y','1','7',NULL,NULL);
INSERT INTO "new_section" VALUES('7_2',7,2,NULL,0,NULL,'0100','Y','1','7',NULL,NULL);
INSERT INTO "new_section" VALUES('9_TN_5',9,NULL,5,1,'Room 5',NULL,'Y',NULL,'1',NULL,NULL);
CREATE TABLE new_staff (staff_id INTEGER NOT NULL, last_name TEXT, first_name TEXT, middle_name TEXT, name_suffix TEXT, email TEXT, user_name TEXT, login_id TEXT, hr_id TEXT, state_educator_id TEXT, title TEXT, primary_school INTEGER, PRIMARY KEY (staff_id)) WITHOUT ROWID;
INSERT INTO "new_staff" VALUES(70,'Teacherlast70','Teacherfirst70',NULL,NULL,'t70@example.org',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "new_staff" VALUES(90,'Teacherlast90','Teacherfirst90',NULL,NULL,'t90@example.org',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE new_student (student_id INTEGER NOT NULL, state_student_id TEXT, last_name TEXT, first_name TEXT, middle_name TEXT, preferred_last_name TEXT, preferred_first_name TEXT, gender TEXT, birthdate TEXT, email TEXT, login_id TEXT, grade INTEGER, primary_school INTEGER, PRIMARY KEY (student_id)) WITHOUT ROWID;
INSERT INTO "new_student" VALUES(7000,NULL,'Lastname7000','Held',NULL,NULL,NULL,NULL,NULL,'s7000@example.org',NULL,5,7);
INSERT INTO "new_student" VALUES(7001,NULL,'Lastname7001','Changed',NULL,NULL,NULL,NULL,NULL,'s7001@example.org',NULL,5,7);
INSERT INTO "new_student" VALUES(9000,NULL,'Lastname9000','Firstname9000',NULL,NULL,NULL,NULL,NULL,'s9000@example.org',NULL,5,9);
INSERT INTO "new_student" VALUES(9001,NULL,'Lastname9001','Firstname9001',NULL,NULL,NULL,NULL,NULL,'s9001@example.org',NULL,5,9);
INSERT INTO "new_student" VALUES(9002,NULL,'Lastname9002','Firstname9002',NULL,NULL,NULL,NULL,NULL,'s9002@example.org',NULL,5,9);
CREATE TABLE new_teaching (section_id TEXT NOT NULL, staff_id INTEGER NOT NULL, school_code INTEGER, is_primary INTEGER, role TEXT, begin_date TEXT, end_date TEXT, PRIMARY KEY (section_id, staff_id)) WITHOUT ROWID;
INSERT INTO "new_teaching" VALUES('7_1',70,7,1,NULL,NULL,NULL);
INSERT INTO "new_teaching" VALUES('9_TN_5',90,9,1,NULL,NULL,NULL);
CREATE TABLE note (position INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE plan_course (action TEXT NOT NULL, course_id TEXT NOT NULL, PRIMARY KEY (course_id)) WITHOUT ROWID;
CREATE TABLE plan_enrollment (action TEXT NOT NULL, section_id TEXT NOT NULL, student_id INTEGER NOT NULL, PRIMARY KEY (section_id, student_id)) WITHOUT ROWID;
CREATE TABLE plan_school_enrollment (action TEXT NOT NULL, school_code INTEGER NOT NULL, student_id INTEGER NOT NULL, PRIMARY KEY (school_code, student_id)) WITHOUT ROWID;
CREATE TABLE plan_section (action TEXT NOT NULL, section_id TEXT NOT NULL, PRIMARY KEY (section_id)) WITHOUT ROWID;
CREATE TABLE plan_staff (action TEXT NOT NULL, staff_id INTEGER NOT NULL, PRIMARY KEY (staff_id)) WITHOUT ROWID;
CREATE TABLE plan_student (action TEXT NOT NULL, student_id INTEGER NOT NULL, PRIMARY KEY (student_id)) WITHOUT ROWID;
INSERT INTO "plan_student" VALUES('updated',7000);
CREATE TABLE plan_teaching (action TEXT NOT NULL, section_id TEXT NOT NULL, staff_id INTEGER NOT NULL, PRIMARY KEY (section_id, staff_id)) WITHOUT ROWID;
CREATE TABLE reject_student(
  "row" INT,
  school_code INT,
  student_id INT,
  student_number INT,
  state_student_id,
  last_name,
  first_name,
  middle_name,
  preferred_last_name,
  preferred_first_name,
  gender,
  grade_text INT,
  birthdate TEXT,
  enter_date TEXT,
  leave_date TEXT,
  bad_date,
  status,
  email,
  login_id,
  homeroom_teacher,
  track,
  foreign_school,
  problem
);
CREATE TABLE restore_course (course_id TEXT NOT NULL, title TEXT, long_description TEXT, department TEXT, subject_area TEXT, state_course_code TEXT, low_grade INTEGER, high_grade INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL, PRIMARY KEY (course_id)) WITHOUT ROWID;
CREATE TABLE restore_enrollment (section_id TEXT NOT NULL, student_id INTEGER NOT NULL, school_code INTEGER, begin_date TEXT, end_date TEXT, active INTEGER NOT NULL, created_import INTEGER NOT NULL, PRIMARY KEY (section_id, student_id)) WITHOUT ROWID;
CREATE TABLE restore_school_enrollment (school_code INTEGER NOT NULL, student_id INTEGER NOT NULL, student_number INTEGER, grade INTEGER, enter_date TEXT, leave_date TEXT, homeroom_teacher TEXT, track TEXT, active INTEGER NOT NULL, created_import INTEGER NOT NULL, PRIMARY KEY (school_code, student_id)) WITHOUT ROWID;
CREATE TABLE restore_section (section_id TEXT NOT NULL, school_code INTEGER, section_number INTEGER, teacher_number INTEGER, homeroom INTEGER, title TEXT, course_id TEXT, term TEXT, period TEXT, room TEXT, low_grade INTEGER, high_grade INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL, PRIMARY KEY (section_id)) WITHOUT ROWID;
CREATE TABLE restore_staff (staff_id INTEGER NOT NULL, last_name TEXT, first_name TEXT, middle_name TEXT, name_suffix TEXT, email TEXT, user_name TEXT, login_id TEXT, hr_id TEXT, state_educator_id TEXT, title TEXT, primary_school INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL, PRIMARY KEY (staff_id)) WITHOUT ROWID;
CREATE TABLE restore_student (student_id INTEGER NOT NULL, state_student_id TEXT, last_name TEXT, first_name TEXT, middle_name TEXT, preferred_last_name TEXT, preferred_first_name TEXT, gender TEXT, birthdate TEXT, email TEXT, login_id TEXT, grade INTEGER, primary_school INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL, PRIMARY KEY (student_id)) WITHOUT ROWID;
CREATE TABLE restore_teaching (section_id TEXT NOT NULL, staff_id INTEGER NOT NULL, school_code INTEGER, is_primary INTEGER, role TEXT, begin_date TEXT, end_date TEXT, active INTEGER NOT NULL, created_import INTEGER NOT NULL, PRIMARY KEY (section_id, staff_id)) WITHOUT ROWID;
CREATE TABLE roster_size (section_id TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "roster_size" VALUES('7_1',2);
INSERT INTO "roster_size" VALUES('9_TN_5',3);
CREATE TABLE scheduled_staff(
  school_code INT,
  staff_id INT
);
INSERT INTO "scheduled_staff" VALUES(7,70);
CREATE TABLE scope (
    endpoint TEXT NOT NULL, school INTEGER, state TEXT NOT NULL, received INTEGER NOT NULL,
    requests INTEGER NOT NULL, retries INTEGER NOT NULL, bytes INTEGER NOT NULL, seconds REAL NOT NULL,
    code TEXT, message TEXT, reused INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "scope" VALUES('staff',NULL,'complete',3,1,0,484,4.35446999972555204294e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('courses',NULL,'complete',2,1,0,80,3.1046899999864763231e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('students',7,'complete',2,1,0,441,3.42428000010386313078e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('teachers',7,'complete',1,1,0,149,2.70086000000446802005e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('sections',7,'complete',2,1,0,419,4.34854999980416323523e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('classes',7,'complete',2,1,0,346,2.80254000017521320842e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('students',9,'complete',3,1,0,684,4.31291999973382189637e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('teachers',9,'complete',1,1,0,149,3.61781000037808553315e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('sections',9,'complete',0,1,0,2,4.85133999973186291754e-04,NULL,NULL,0);
INSERT INTO "scope" VALUES('classes',9,'complete',0,1,0,2,2.57073999989643198205e-04,NULL,NULL,0);
CREATE TABLE seen_staff (record INTEGER PRIMARY KEY, outcome TEXT NOT NULL);
INSERT INTO "seen_staff" VALUES(70,'unchanged');
INSERT INTO "seen_staff" VALUES(90,'unchanged');
INSERT INTO "seen_staff" VALUES(900,'out_of_scope');
CREATE TABLE seen_student (record INTEGER PRIMARY KEY, outcome TEXT NOT NULL);
INSERT INTO "seen_student" VALUES(7000,'updated');
INSERT INTO "seen_student" VALUES(7001,'unchanged');
INSERT INTO "seen_student" VALUES(9000,'unchanged');
INSERT INTO "seen_student" VALUES(9001,'unchanged');
INSERT INTO "seen_student" VALUES(9002,'unchanged');
CREATE TABLE teacher_count (section_id TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "teacher_count" VALUES('7_1',1);
INSERT INTO "teacher_count" VALUES('9_TN_5',1);
CREATE TABLE term (
    school_code INTEGER NOT NULL, term_code TEXT NOT NULL, description TEXT,
    start_date TEXT, end_date TEXT, PRIMARY KEY (school_code, term_code)
) WITHOUT ROWID;
CREATE TABLE used_course (course_id TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO "used_course" VALUES('0100');
CREATE TABLE wanted_staff (staff_id INTEGER PRIMARY KEY);
INSERT INTO "wanted_staff" VALUES(70);
INSERT INTO "wanted_staff" VALUES(90);
CREATE INDEX description_record ON description (kind, record);
CREATE INDEX homeroom_student_teacher ON homeroom_student (school_code, teacher_number);
CREATE INDEX scheduled_staff_key ON scheduled_staff (school_code, staff_id);
CREATE INDEX after_section_teacher ON after_section (school_code, teacher_number);
CREATE INDEX clean_staff_id ON clean_staff (staff_id);
CREATE UNIQUE INDEX enrolled_student_id ON enrolled_student (student_id);
COMMIT;
