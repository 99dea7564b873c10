-- application_id 1097155661, user_version 16
BEGIN TRANSACTION;
CREATE TABLE account (
    kind TEXT NOT NULL,              -- staff or student
    person INTEGER NOT NULL,         -- staff_id or student_id
    user_name TEXT NOT NULL,         -- in lower case
    password_hash TEXT NOT NULL,
    made_import INTEGER, made_at TEXT NOT NULL, reset_at TEXT,
    PRIMARY KEY (kind, person)
) WITHOUT ROWID;
INSERT INTO "account" VALUES('staff',70,'t70@example.org','',1,'2026-11-29T03:18:18Z',NULL);
INSERT INTO "account" VALUES('staff',90,'t90@example.org','',1,'2026-11-29T03:18:18Z',NULL);
INSERT INTO "account" VALUES('student',7000,'s7000@example.org','',1,'2026-11-29T03:18:18Z',NULL);
INSERT INTO "account" VALUES('student',7001,'s7001@example.org','',1,'2026-11-29T03:18:18Z',NULL);
INSERT INTO "account" VALUES('student',7002,'s7002@example.org','',1,'2026-11-29T03:18:18Z',NULL);
INSERT INTO "account" VALUES('student',9000,'s9000@example.org','',1,'2026-11-29T03:18:18Z',NULL);
INSERT INTO "account" VALUES('student',9001,'s9001@example.org','',1,'2026-11-29T03:18:18Z',NULL);
INSERT INTO "account" VALUES('student',9002,'s9002@example.org','',1,'2026-11-29T03:18:18Z',NULL);
CREATE TABLE acknowledgement (
    id INTEGER PRIMARY KEY, school_year TEXT, by TEXT NOT NULL, at TEXT NOT NULL
);
INSERT INTO "acknowledgement" VALUES(1,NULL,'admin','2026-11-29T03:18:18Z');
CREATE TABLE aeries_school (
    code INTEGER PRIMARY KEY, name TEXT NOT NULL, short_name TEXT, status TEXT,
    do_not_report INTEGER NOT NULL DEFAULT 0, state_code TEXT, nces_code TEXT,
    low_grade INTEGER, high_grade INTEGER, schedule_type TEXT, session_type TEXT,
    listed INTEGER NOT NULL DEFAULT 1, seen_at TEXT NOT NULL
);
INSERT INTO "aeries_school" VALUES(0,'School 0',NULL,'',0,'','',NULL,NULL,'MasterSchedule',NULL,1,'2026-11-29T03:18:19Z');
INSERT INTO "aeries_school" VALUES(7,'School 7',NULL,'',0,'','',NULL,NULL,'MasterSchedule',NULL,1,'2026-11-29T03:18:19Z');
INSERT INTO "aeries_school" VALUES(9,'School 9',NULL,'',0,'','',NULL,NULL,'Elementary',NULL,1,'2026-11-29T03:18:19Z');
CREATE TABLE ali_school (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, code TEXT, low_grade TEXT, high_grade TEXT,
    origin TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "ali_school" VALUES('ali-7','ALI 7',NULL,NULL,NULL,'csv');
INSERT INTO "ali_school" VALUES('ali-9','ALI 9',NULL,NULL,NULL,'csv');
CREATE TABLE count (
    import_id INTEGER NOT NULL, kind TEXT NOT NULL,
    received INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, unchanged INTEGER NOT NULL,
    reactivated INTEGER NOT NULL, rejected INTEGER NOT NULL, duplicate INTEGER NOT NULL,
    out_of_scope INTEGER NOT NULL, deactivated INTEGER NOT NULL, active INTEGER NOT NULL,
    PRIMARY KEY (import_id, kind)
) WITHOUT ROWID;
INSERT INTO "count" VALUES(1,'course',2,1,0,0,0,0,0,1,0,1);
INSERT INTO "count" VALUES(1,'enrollment',6,6,0,0,0,0,0,0,0,6);
INSERT INTO "count" VALUES(1,'school_enrollment',6,6,0,0,0,0,0,0,0,6);
INSERT INTO "count" VALUES(1,'section',3,3,0,0,0,0,0,0,0,3);
INSERT INTO "count" VALUES(1,'staff',3,2,0,0,0,0,0,1,0,2);
INSERT INTO "count" VALUES(1,'student',6,6,0,0,0,0,0,0,0,6);
INSERT INTO "count" VALUES(1,'teaching',2,2,0,0,0,0,0,0,0,2);
INSERT INTO "count" VALUES(2,'course',2,0,0,1,0,0,0,1,0,1);
INSERT INTO "count" VALUES(2,'enrollment',5,0,0,5,0,0,0,0,1,5);
INSERT INTO "count" VALUES(2,'school_enrollment',5,0,0,5,0,0,0,0,1,5);
INSERT INTO "count" VALUES(2,'section',3,0,0,3,0,0,0,0,0,3);
INSERT INTO "count" VALUES(2,'staff',3,0,0,2,0,0,0,1,0,2);
INSERT INTO "count" VALUES(2,'student',5,0,2,3,0,0,0,0,1,5);
INSERT INTO "count" VALUES(2,'teaching',2,0,0,2,0,0,0,0,0,2);
CREATE TABLE course (
    course_id TEXT NOT NULL, title TEXT, long_description TEXT, department TEXT, subject_area TEXT,
    state_course_code TEXT, low_grade INTEGER, high_grade INTEGER, active INTEGER NOT NULL,
    created_import INTEGER NOT NULL,
    PRIMARY KEY (course_id)
) WITHOUT ROWID;
INSERT INTO "course" VALUES('0100','Course 0100',NULL,NULL,NULL,NULL,NULL,NULL,1,1);
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    target TEXT NOT NULL,
    import_id INTEGER NOT NULL,      -- the newest import in it
    state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    ended_at TEXT,                   -- when it was delivered, discarded or superseded
    tries INTEGER NOT NULL DEFAULT 0,
    placed INTEGER NOT NULL DEFAULT 0,  -- 1: files of it may have got their names at the receiver
    problem TEXT NOT NULL DEFAULT '',
    held_for TEXT NOT NULL DEFAULT '[]',
    left_out INTEGER NOT NULL DEFAULT 0,
    decided_by TEXT,
    decided_at TEXT,
    reason TEXT
);
CREATE TABLE delivery_file (
    delivery_id INTEGER NOT NULL,
    file TEXT NOT NULL,
    label TEXT NOT NULL,             -- the name with {date} for the day
    line_count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    content TEXT NOT NULL,           -- SHA-256 of what is in it, the same for two ZIPs of the same files
    PRIMARY KEY (delivery_id, file)
) WITHOUT ROWID;
CREATE TABLE description (
    id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL, kind TEXT NOT NULL,
    record TEXT NOT NULL, school INTEGER, field TEXT, message TEXT NOT NULL,
    consequences INTEGER NOT NULL DEFAULT 0, consequence_code TEXT
);
INSERT INTO "description" VALUES(1,1,'SECTION-NO-STUDENTS','W','section','7_2',7,NULL,'The section has no students today.',0,NULL);
INSERT INTO "description" VALUES(2,1,'SECTION-NO-TEACHER','W','section','7_2',7,'SectionStaffMembers','The section has no teacher.',0,NULL);
INSERT INTO "description" VALUES(3,2,'SECTION-NO-STUDENTS','W','section','7_2',7,NULL,'The section has no students today.',0,NULL);
INSERT INTO "description" VALUES(4,2,'SECTION-NO-TEACHER','W','section','7_2',7,'SectionStaffMembers','The section has no teacher.',0,NULL);
CREATE TABLE district_check (
    import_id INTEGER NOT NULL,
    code TEXT NOT NULL,              -- DIST-…
    severity TEXT NOT NULL,          -- of its rows in this import: E or W
    sentence TEXT NOT NULL, remedy TEXT NOT NULL, page TEXT NOT NULL,
    found INTEGER NOT NULL,          -- rows that it gave; descriptions may be fewer
    seconds REAL NOT NULL,
    failure TEXT NOT NULL DEFAULT '', -- why it could not be run; blank where it was
    PRIMARY KEY (import_id, code)
) WITHOUT ROWID;
CREATE TABLE enrollment (
    section_id TEXT NOT NULL, student_id INTEGER NOT NULL, school_code INTEGER, begin_date TEXT,
    end_date TEXT, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    PRIMARY KEY (section_id, student_id)
) WITHOUT ROWID;
INSERT INTO "enrollment" VALUES('7_1',7000,7,'2026-08-15','2027-06-05',1,1);
INSERT INTO "enrollment" VALUES('7_1',7001,7,'2026-08-15','2027-06-05',1,1);
INSERT INTO "enrollment" VALUES('7_1',7002,7,'2026-08-15','2027-06-05',0,1);
INSERT INTO "enrollment" VALUES('9_TN_5',9000,9,NULL,NULL,1,1);
INSERT INTO "enrollment" VALUES('9_TN_5',9001,9,NULL,NULL,1,1);
INSERT INTO "enrollment" VALUES('9_TN_5',9002,9,NULL,NULL,1,1);
CREATE TABLE erased (
    import_id INTEGER NOT NULL,
    kind TEXT NOT NULL,              -- student, staff or section
    record TEXT NOT NULL,            -- a digest; the id of a section
    PRIMARY KEY (import_id, kind, record)
) WITHOUT ROWID;
CREATE TABLE erasure (
    import_id INTEGER PRIMARY KEY,
    salt TEXT NOT NULL               -- of its digests, and of no others
);
CREATE TABLE file (
    import_id INTEGER NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL, path TEXT NOT NULL,
    records INTEGER NOT NULL, PRIMARY KEY (import_id, kind)
) WITHOUT ROWID;
INSERT INTO "file" VALUES(1,'staff','completed','/home/admin/data/demo/imports/1/staff.csv',2);
INSERT INTO "file" VALUES(1,'student','completed','/home/admin/data/demo/imports/1/student.csv',6);
INSERT INTO "file" VALUES(2,'staff','completed','/home/admin/data/demo/imports/2/staff.csv',2);
INSERT INTO "file" VALUES(2,'student','completed','/home/admin/data/demo/imports/2/student.csv',6);
CREATE TABLE gone (
    kind TEXT NOT NULL, person INTEGER NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (kind, person)
) WITHOUT ROWID;
INSERT INTO "gone" VALUES('student',7002,'2026-11-29T03:18:19Z');
CREATE TABLE handover (
    import_id INTEGER NOT NULL, kind TEXT NOT NULL, person INTEGER NOT NULL,
    from_holder INTEGER NOT NULL, to_holder INTEGER NOT NULL,
    record TEXT NOT NULL,            -- JSON: the last record of who had it
    PRIMARY KEY (import_id, kind, person)
) WITHOUT ROWID;
CREATE TABLE hold (
    import_id INTEGER NOT NULL, position INTEGER NOT NULL, code TEXT NOT NULL,
    kind TEXT, school INTEGER, field TEXT, message TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
) WITHOUT ROWID;
CREATE TABLE identity_decision (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, person INTEGER NOT NULL, digest TEXT NOT NULL,
    code TEXT NOT NULL, former INTEGER,
    verdict TEXT NOT NULL,           -- same or another
    holder INTEGER NOT NULL,         -- of another: for whom the id then stands (see handover)
    carried INTEGER NOT NULL DEFAULT 0, -- of somebody renumbered: the account of the id before is theirs now
    before TEXT NOT NULL, after TEXT NOT NULL,
    after_import INTEGER NOT NULL,   -- the newest import when it was made
    by TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL,
    UNIQUE (kind, person, digest)
);
CREATE TABLE identity_question (
    kind TEXT NOT NULL,              -- staff or student
    person INTEGER NOT NULL,         -- staff_id or student_id
    code TEXT NOT NULL,              -- REC-IDENTITY or REC-RENUMBERED
    digest TEXT NOT NULL,            -- of the facts it is about
    former INTEGER,                  -- the id that this person had before, of somebody renumbered or exchanged
    school INTEGER,
    before TEXT NOT NULL, after TEXT NOT NULL, -- JSON: the facts
    since_import INTEGER NOT NULL,   -- the import that asked first
    PRIMARY KEY (kind, person)
) WITHOUT ROWID;
CREATE TABLE import (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,              -- pull, undo, restore or archive
    trigger TEXT NOT NULL,           -- manual, timer, ui, demo
    started_at TEXT NOT NULL, ended_at TEXT,
    outcome TEXT NOT NULL,
    applied INTEGER NOT NULL DEFAULT 0,
    school_year TEXT, day TEXT,
    base_generation INTEGER NOT NULL,
    undoes INTEGER,                  -- the import that an undo takes back
    undone_by INTEGER,
    resumed_from INTEGER,
    undo_kept INTEGER NOT NULL DEFAULT 1,
    problem_code TEXT, problem_message TEXT, problem_meaning TEXT, problem_remedy TEXT,
    notes TEXT NOT NULL DEFAULT '[]', -- JSON list of sentences
    decided TEXT, decided_by TEXT, decided_at TEXT, decided_reason TEXT,
    files_written INTEGER NOT NULL DEFAULT 0
, plan_only INTEGER NOT NULL DEFAULT 0, quick INTEGER NOT NULL DEFAULT 0, asked_year TEXT, superseded_by INTEGER);
INSERT INTO "import" VALUES(1,'pull','manual','2026-11-29T03:18:18Z','2026-11-29T03:18:18Z','completed',1,'2026-2027','2026-10-05',2,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,'[]',NULL,NULL,NULL,NULL,1,0,0,NULL,NULL);
INSERT INTO "import" VALUES(2,'pull','manual','2026-11-29T03:18:18Z','2026-11-29T03:18:19Z','completed',1,'2026-2027','2026-10-05',3,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,'[]',NULL,NULL,NULL,NULL,1,0,0,NULL,NULL);
CREATE TABLE left_out (
    import_id INTEGER NOT NULL,
    kind TEXT NOT NULL,              -- staff or student
    person INTEGER NOT NULL,         -- staff_id or student_id
    last_name TEXT, first_name TEXT,
    school INTEGER,                  -- of the record that was read
    rule TEXT NOT NULL,              -- inactive, pre_enrolled, not_teaching, rejected
    status TEXT,                     -- Aeries' own, where that is the reason
    code TEXT,                       -- of the error, where that is the reason
    PRIMARY KEY (import_id, kind, person)
) WITHOUT ROWID;
INSERT INTO "left_out" VALUES(1,'staff',900,'Teacherlast900','Teacherfirst900',NULL,'not_teaching',NULL,NULL);
INSERT INTO "left_out" VALUES(2,'staff',900,'Teacherlast900','Teacherfirst900',NULL,'not_teaching',NULL,NULL);
CREATE TABLE mapping (
    aeries_code INTEGER PRIMARY KEY, ali_id TEXT, match TEXT, score REAL,
    reasons TEXT NOT NULL DEFAULT '[]', excluded INTEGER NOT NULL DEFAULT 0,
    by_person INTEGER NOT NULL DEFAULT 0, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL
);
INSERT INTO "mapping" VALUES(7,'ali-7','code',100.0,'[]',0,0,'2026-11-29T03:18:18Z','automatic');
INSERT INTO "mapping" VALUES(9,'ali-9','code',100.0,'[]',0,0,'2026-11-29T03:18:18Z','automatic');
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
INSERT INTO "meta" VALUES('generation','4');
INSERT INTO "meta" VALUES('known','2 4');
INSERT INTO "meta" VALUES('mark','{"import_id":2,"address":"https://demo.example/aeries/api/v5","at":"2026-10-05T08:00:00.0000000-07:00","zone":"","school_year":"2026-2027","mapped":[7,9],"staff_rule":"teaching","lead_days":0,"next_change":null,"schedules":[[7,"masterschedule"],[9,"elementary"]],"unread_teachers":false,"full_requests":10,"full_bytes":2809,"layout":16,"omit":[]}');
INSERT INTO "meta" VALUES('omit','[]');
INSERT INTO "meta" VALUES('owed','[1, 2]');
INSERT INTO "meta" VALUES('salt','08d52d14c07c9eb6687bfdd6f0a00b4377895b0e391fc3838e924cba9aea67e2');
INSERT INTO "meta" VALUES('school_year','2026-2027');
CREATE TABLE parked_account (
    user_name TEXT PRIMARY KEY,
    kind TEXT NOT NULL, holder INTEGER NOT NULL,
    person INTEGER NOT NULL,         -- the id that it was under
    password_hash TEXT NOT NULL,
    made_import INTEGER, made_at TEXT NOT NULL, reset_at TEXT
) WITHOUT ROWID;
CREATE TABLE past_course (
    import_id INTEGER NOT NULL, course_id TEXT NOT NULL, title TEXT, long_description TEXT,
    department TEXT, subject_area TEXT, state_course_code TEXT, low_grade INTEGER,
    high_grade INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, course_id)
) WITHOUT ROWID;
CREATE TABLE past_enrollment (
    import_id INTEGER NOT NULL, section_id TEXT NOT NULL, student_id INTEGER NOT NULL,
    school_code INTEGER, begin_date TEXT, end_date TEXT, active INTEGER NOT NULL,
    created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, section_id, student_id)
) WITHOUT ROWID;
INSERT INTO "past_enrollment" VALUES(2,'7_1',7002,7,'2026-08-15','2027-06-05',1,1,0);
CREATE TABLE past_school_enrollment (
    import_id INTEGER NOT NULL, school_code INTEGER NOT NULL, student_id INTEGER NOT NULL,
    student_number INTEGER, grade INTEGER, enter_date TEXT, leave_date TEXT, homeroom_teacher TEXT,
    track TEXT, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, school_code, student_id)
) WITHOUT ROWID;
INSERT INTO "past_school_enrollment" VALUES(2,7,7002,2,5,NULL,NULL,'0',NULL,1,1,0);
CREATE TABLE past_section (
    import_id INTEGER NOT NULL, section_id TEXT NOT NULL, school_code INTEGER,
    section_number INTEGER, teacher_number INTEGER, homeroom INTEGER, title TEXT, course_id TEXT,
    term TEXT, period TEXT, room TEXT, low_grade INTEGER, high_grade INTEGER,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, section_id)
) WITHOUT ROWID;
CREATE TABLE past_staff (
    import_id INTEGER NOT NULL, staff_id INTEGER NOT NULL, last_name TEXT, first_name TEXT,
    middle_name TEXT, name_suffix TEXT, email TEXT, user_name TEXT, login_id TEXT, hr_id TEXT,
    state_educator_id TEXT, title TEXT, primary_school INTEGER, active INTEGER NOT NULL,
    created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0, hr_id_digest TEXT, state_educator_id_digest TEXT,
    PRIMARY KEY (import_id, staff_id)
) WITHOUT ROWID;
CREATE TABLE past_student (
    import_id INTEGER NOT NULL, student_id INTEGER NOT NULL, state_student_id TEXT, last_name TEXT,
    first_name TEXT, middle_name TEXT, preferred_last_name TEXT, preferred_first_name TEXT,
    gender TEXT, birthdate TEXT, email TEXT, login_id TEXT, grade INTEGER, primary_school INTEGER,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0, state_student_id_digest TEXT, gender_digest TEXT, birthdate_digest TEXT,
    PRIMARY KEY (import_id, student_id)
) WITHOUT ROWID;
INSERT INTO "past_student" VALUES(2,7000,NULL,'Lastname7000','Firstname7000',NULL,NULL,NULL,NULL,NULL,'s7000@example.org',NULL,5,7,1,1,0,NULL,NULL,NULL);
INSERT INTO "past_student" VALUES(2,7001,NULL,'Lastname7001','Firstname7001',NULL,NULL,NULL,NULL,NULL,'s7001@example.org',NULL,5,7,1,1,0,NULL,NULL,NULL);
INSERT INTO "past_student" VALUES(2,7002,NULL,'Lastname7002','Firstname7002',NULL,NULL,NULL,NULL,NULL,'s7002@example.org',NULL,5,7,1,1,0,NULL,NULL,NULL);
CREATE TABLE past_teaching (
    import_id INTEGER NOT NULL, section_id TEXT NOT NULL, staff_id INTEGER NOT NULL,
    school_code INTEGER, is_primary INTEGER, role TEXT, begin_date TEXT, end_date TEXT,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, section_id, staff_id)
) WITHOUT ROWID;
CREATE TABLE reader (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,       -- the import whose events were acknowledged last
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE remembered_person (
    kind TEXT NOT NULL, person INTEGER NOT NULL,
    state_id TEXT, second_id TEXT, last_name TEXT, first_name TEXT, middle_name TEXT,
    preferred_first_name TEXT, preferred_last_name TEXT, gender TEXT,
    PRIMARY KEY (kind, person)
) WITHOUT ROWID;
CREATE TABLE school_enrollment (
    school_code INTEGER NOT NULL, student_id INTEGER NOT NULL, student_number INTEGER,
    grade INTEGER, enter_date TEXT, leave_date TEXT, homeroom_teacher TEXT, track TEXT,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    PRIMARY KEY (school_code, student_id)
) WITHOUT ROWID;
INSERT INTO "school_enrollment" VALUES(7,7000,0,5,NULL,NULL,'0',NULL,1,1);
INSERT INTO "school_enrollment" VALUES(7,7001,1,5,NULL,NULL,'0',NULL,1,1);
INSERT INTO "school_enrollment" VALUES(7,7002,2,5,NULL,NULL,'0',NULL,0,1);
INSERT INTO "school_enrollment" VALUES(9,9000,0,5,NULL,NULL,'5',NULL,1,1);
INSERT INTO "school_enrollment" VALUES(9,9001,1,5,NULL,NULL,'5',NULL,1,1);
INSERT INTO "school_enrollment" VALUES(9,9002,2,5,NULL,NULL,'5',NULL,1,1);
CREATE TABLE scope (
    import_id INTEGER NOT NULL, endpoint TEXT NOT NULL, school INTEGER,
    state TEXT NOT NULL, received INTEGER NOT NULL, requests INTEGER NOT NULL, retries INTEGER NOT NULL,
    bytes INTEGER NOT NULL, seconds REAL NOT NULL, code TEXT, message TEXT, reused INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "scope" VALUES(1,'staff',NULL,'complete',3,1,0,484,1.17363919998751953244e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'courses',NULL,'complete',2,1,0,130,1.2098171999241458252e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'students',7,'complete',3,1,0,684,1.23594049982784781605e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'teachers',7,'complete',1,1,0,149,1.25874759978614747524e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'sections',7,'complete',2,1,0,419,2.30028869991656392812e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'classes',7,'complete',3,1,0,519,0.0243245220008248,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'students',9,'complete',3,1,0,684,2.45305950011243112385e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'teachers',9,'complete',1,1,0,149,2.50036520010326057672e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'sections',9,'complete',0,1,0,2,1.16534289991250261664e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(1,'classes',9,'complete',0,1,0,2,1.12805899989325553178e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'staff',NULL,'complete',3,1,0,484,1.07034529974043834954e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'courses',NULL,'complete',2,1,0,130,1.11975779982458334416e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'students',7,'complete',2,1,0,444,1.0352056997362524271e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'teachers',7,'complete',1,1,0,149,1.05517900010454468429e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'sections',7,'complete',2,1,0,419,1.31816480025008786469e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'classes',7,'complete',2,1,0,346,1.51089810024132020771e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'students',9,'complete',3,1,0,684,1.52781450015027076005e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'teachers',9,'complete',1,1,0,149,1.57911759997659828513e-02,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'sections',9,'complete',0,1,0,2,2.58915599988540634512e-03,NULL,NULL,0);
INSERT INTO "scope" VALUES(2,'classes',9,'complete',0,1,0,2,1.97865700101829133927e-03,NULL,NULL,0);
CREATE TABLE section (
    section_id TEXT NOT NULL, school_code INTEGER, section_number INTEGER, teacher_number INTEGER,
    homeroom INTEGER, title TEXT, course_id TEXT, term TEXT, period TEXT, room TEXT,
    low_grade INTEGER, high_grade INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    PRIMARY KEY (section_id)
) WITHOUT ROWID;
INSERT INTO "section" VALUES('7_1',7,1,NULL,0,NULL,'0100','Y','1','7',NULL,NULL,1,1);
INSERT INTO "section" VALUES('7_2',7,2,NULL,0,NULL,'0100','Y','1','7',NULL,NULL,1,1);
INSERT INTO "section" VALUES('9_TN_5',9,NULL,5,1,'Room 5',NULL,'Y',NULL,'1',NULL,NULL,1,1);
CREATE TABLE staff (
    staff_id INTEGER NOT NULL, last_name TEXT, first_name TEXT, middle_name TEXT, name_suffix TEXT,
    email TEXT, user_name TEXT, login_id TEXT, hr_id TEXT, state_educator_id TEXT, title TEXT,
    primary_school INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL, hr_id_digest TEXT, state_educator_id_digest TEXT,
    PRIMARY KEY (staff_id)
) WITHOUT ROWID;
INSERT INTO "staff" VALUES(70,'Teacherlast70','Teacherfirst70',NULL,NULL,'t70@example.org',NULL,NULL,NULL,NULL,NULL,NULL,1,1,NULL,NULL);
INSERT INTO "staff" VALUES(90,'Teacherlast90','Teacherfirst90',NULL,NULL,'t90@example.org',NULL,NULL,NULL,NULL,NULL,NULL,1,1,NULL,NULL);
CREATE TABLE stale (
    endpoint TEXT NOT NULL, school INTEGER NOT NULL,
    since_import INTEGER NOT NULL, since TEXT NOT NULL, last_good TEXT, code TEXT NOT NULL,
    PRIMARY KEY (endpoint, school)
) WITHOUT ROWID;
CREATE TABLE student (
    student_id INTEGER NOT NULL, state_student_id TEXT, last_name TEXT, first_name TEXT,
    middle_name TEXT, preferred_last_name TEXT, preferred_first_name TEXT, gender TEXT,
    birthdate TEXT, email TEXT, login_id TEXT, grade INTEGER, primary_school INTEGER,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL, state_student_id_digest TEXT, gender_digest TEXT, birthdate_digest TEXT,
    PRIMARY KEY (student_id)
) WITHOUT ROWID;
INSERT INTO "student" VALUES(7000,NULL,'Lastname7000','Changed',NULL,NULL,NULL,NULL,NULL,'s7000@example.org',NULL,5,7,1,1,NULL,NULL,NULL);
INSERT INTO "student" VALUES(7001,NULL,'Lastname7001','Changed',NULL,NULL,NULL,NULL,NULL,'s7001@example.org',NULL,5,7,1,1,NULL,NULL,NULL);
INSERT INTO "student" VALUES(7002,NULL,'Lastname7002','Firstname7002',NULL,NULL,NULL,NULL,NULL,'s7002@example.org',NULL,5,7,0,1,NULL,NULL,NULL);
INSERT INTO "student" VALUES(9000,NULL,'Lastname9000','Firstname9000',NULL,NULL,NULL,NULL,NULL,'s9000@example.org',NULL,5,9,1,1,NULL,NULL,NULL);
INSERT INTO "student" VALUES(9001,NULL,'Lastname9001','Firstname9001',NULL,NULL,NULL,NULL,NULL,'s9001@example.org',NULL,5,9,1,1,NULL,NULL,NULL);
INSERT INTO "student" VALUES(9002,NULL,'Lastname9002','Firstname9002',NULL,NULL,NULL,NULL,NULL,'s9002@example.org',NULL,5,9,1,1,NULL,NULL,NULL);
CREATE TABLE teaching (
    section_id TEXT NOT NULL, staff_id INTEGER NOT NULL, school_code INTEGER, is_primary INTEGER,
    role TEXT, begin_date TEXT, end_date TEXT, active INTEGER NOT NULL,
    created_import INTEGER NOT NULL,
    PRIMARY KEY (section_id, staff_id)
) WITHOUT ROWID;
INSERT INTO "teaching" VALUES('7_1',70,7,1,NULL,NULL,NULL,1,1);
INSERT INTO "teaching" VALUES('9_TN_5',90,9,1,NULL,NULL,NULL,1,1);
CREATE TABLE term (
    school_code INTEGER NOT NULL, term_code TEXT NOT NULL, description TEXT,
    start_date TEXT, end_date TEXT, PRIMARY KEY (school_code, term_code)
) WITHOUT ROWID;
CREATE TABLE tombstone (
    kind TEXT NOT NULL,              -- student or staff
    digest TEXT NOT NULL,            -- of the id, with the salt
    import_id INTEGER NOT NULL,      -- the import that erased them
    at TEXT NOT NULL,
    PRIMARY KEY (kind, digest)
) WITHOUT ROWID;
CREATE INDEX past_staff_key ON past_staff (staff_id, import_id);
CREATE INDEX past_student_key ON past_student (student_id, import_id);
CREATE INDEX past_course_key ON past_course (course_id, import_id);
CREATE INDEX past_section_key ON past_section (section_id, import_id);
CREATE INDEX past_enrollment_key ON past_enrollment (section_id, student_id, import_id);
CREATE INDEX past_teaching_key ON past_teaching (section_id, staff_id, import_id);
CREATE INDEX past_school_enrollment_key ON past_school_enrollment (school_code, student_id, import_id);
CREATE INDEX scope_import ON scope (import_id);
CREATE INDEX description_import ON description (import_id, code);
CREATE UNIQUE INDEX account_user_name ON account (user_name);
CREATE INDEX section_course ON section (course_id);
CREATE VIEW v_roster AS
    SELECT e.section_id, e.school_code, e.student_id, s.last_name, s.first_name, s.grade,
        e.begin_date, e.end_date
    FROM enrollment e JOIN student s ON s.student_id = e.student_id
    WHERE e.active = 1 AND s.active = 1;
CREATE VIEW v_import AS
    SELECT i.id, i.kind, i.trigger, i.started_at, i.ended_at, i.outcome, i.applied, i.school_year,
        (SELECT count(*) FROM description d WHERE d.import_id = i.id) AS descriptions
    FROM import i;
CREATE INDEX enrollment_student ON enrollment (student_id, active);
CREATE INDEX teaching_staff ON teaching (staff_id, active);
CREATE INDEX school_enrollment_student ON school_enrollment (student_id, active);
CREATE INDEX handover_person ON handover (kind, person, import_id);
CREATE INDEX parked_account_holder ON parked_account (kind, holder);
CREATE VIEW v_student AS
    SELECT s.student_id, s.last_name, s.first_name, s.middle_name, s.preferred_first_name, s.grade,
        s.email, s.login_id, s.state_student_id, s.active,
        (SELECT group_concat(e.school_code, ' ') FROM
            (SELECT DISTINCT school_code FROM school_enrollment
              WHERE student_id = s.student_id AND active = 1 ORDER BY school_code) e) AS schools,
        s.preferred_last_name, s.primary_school, s.gender, s.birthdate
    FROM student s;
CREATE VIEW v_staff AS
    SELECT t.staff_id, t.last_name, t.first_name, t.email, t.user_name, t.login_id, t.title,
        t.primary_school, t.active,
        (SELECT count(*) FROM teaching g WHERE g.staff_id = t.staff_id AND g.active = 1) AS sections,
        (SELECT group_concat(g.school_code, ' ') FROM
            (SELECT DISTINCT school_code FROM teaching
              WHERE staff_id = t.staff_id AND active = 1 ORDER BY school_code) g) AS schools,
        t.middle_name, t.name_suffix, t.hr_id, t.state_educator_id
    FROM staff t;
CREATE VIEW v_section AS
    SELECT c.section_id, c.school_code, a.name AS school, c.course_id,
        coalesce(c.title, k.title) AS title, c.term, c.period, c.room, c.homeroom, c.active,
        (SELECT count(*) FROM enrollment e WHERE e.section_id = c.section_id AND e.active = 1) AS students,
        c.section_number, c.teacher_number, c.low_grade, c.high_grade
    FROM section c LEFT JOIN course k ON k.course_id = c.course_id
        LEFT JOIN aeries_school a ON a.code = c.school_code;
CREATE VIEW v_school AS
    SELECT a.code AS school_code, a.name, a.short_name, a.state_code, a.nces_code, a.low_grade, a.high_grade,
        m.ali_id, i.name AS ali_name, coalesce(m.excluded, 0) AS excluded,
        m.ali_id IS NOT NULL AND NOT coalesce(m.excluded, 0) AS mapped, a.listed
    FROM aeries_school a LEFT JOIN mapping m ON m.aeries_code = a.code
        LEFT JOIN ali_school i ON i.id = m.ali_id;
CREATE VIEW v_school_enrollment AS
    SELECT e.school_code, e.student_id, e.student_number, e.grade, e.enter_date, e.leave_date,
        e.homeroom_teacher, e.track, e.active
    FROM school_enrollment e;
CREATE VIEW v_enrollment AS
    SELECT e.section_id, e.school_code, e.student_id, e.begin_date, e.end_date, e.active
    FROM enrollment e;
CREATE VIEW v_teaching AS
    SELECT g.section_id, g.school_code, g.staff_id, t.last_name, t.first_name, t.email, g.is_primary, g.role,
        g.begin_date, g.end_date, g.active
    FROM teaching g LEFT JOIN staff t ON t.staff_id = g.staff_id;
CREATE VIEW v_course AS
    SELECT k.course_id, k.title, k.long_description, k.department, k.subject_area, k.state_course_code,
        k.low_grade, k.high_grade, k.active
    FROM course k;
CREATE VIEW v_term AS
    SELECT m.school_code, m.term_code, m.description, m.start_date, m.end_date
    FROM term m;
CREATE VIEW v_description AS
    SELECT d.import_id, d.code, d.severity, d.kind, d.record, d.school, d.field, d.message
    FROM description d;
CREATE INDEX delivery_name ON delivery (name, id);
CREATE VIEW v_account AS
    SELECT a.kind, a.person, a.user_name,
        CASE a.kind
            WHEN 'student' THEN (SELECT s.last_name FROM student s WHERE s.student_id = a.person)
            ELSE (SELECT t.last_name FROM staff t WHERE t.staff_id = a.person)
        END AS last_name,
        CASE a.kind
            WHEN 'student' THEN (SELECT s.first_name FROM student s WHERE s.student_id = a.person)
            ELSE (SELECT t.first_name FROM staff t WHERE t.staff_id = a.person)
        END AS first_name,
        CASE a.kind
            WHEN 'student' THEN (SELECT s.email FROM student s WHERE s.student_id = a.person)
            ELSE (SELECT t.email FROM staff t WHERE t.staff_id = a.person)
        END AS email,
        coalesce(
            CASE a.kind
                WHEN 'student' THEN (SELECT s.active FROM student s WHERE s.student_id = a.person)
                ELSE (SELECT t.active FROM staff t WHERE t.staff_id = a.person)
            END, 0) AS active,
        a.made_at, a.reset_at
    FROM account a;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('import',2);
COMMIT;
