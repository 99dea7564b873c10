-- Layout 1. Frozen: this text is never edited; what is to change is a step of its own.

CREATE TABLE staff (
    staff_id INTEGER NOT NULL, last_name TEXT, first_name TEXT, middle_name TEXT, name_suffix TEXT,
    email TEXT, user_name TEXT, login_id TEXT, hr_id TEXT, state_educator_id TEXT, title TEXT,
    primary_school INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    PRIMARY KEY (staff_id)
) WITHOUT ROWID;
CREATE TABLE past_staff (
    import_id INTEGER NOT NULL, staff_id INTEGER NOT NULL, last_name TEXT, first_name TEXT,
    middle_name TEXT, name_suffix TEXT, email TEXT, user_name TEXT, login_id TEXT, hr_id TEXT,
    state_educator_id TEXT, title TEXT, primary_school INTEGER, active INTEGER NOT NULL,
    created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, staff_id)
) WITHOUT ROWID;
CREATE INDEX past_staff_key ON past_staff (staff_id, import_id);

CREATE TABLE student (
    student_id INTEGER NOT NULL, state_student_id TEXT, last_name TEXT, first_name TEXT,
    middle_name TEXT, preferred_last_name TEXT, preferred_first_name TEXT, gender TEXT,
    birthdate TEXT, email TEXT, login_id TEXT, grade INTEGER, primary_school INTEGER,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    PRIMARY KEY (student_id)
) WITHOUT ROWID;
CREATE TABLE past_student (
    import_id INTEGER NOT NULL, student_id INTEGER NOT NULL, state_student_id TEXT, last_name TEXT,
    first_name TEXT, middle_name TEXT, preferred_last_name TEXT, preferred_first_name TEXT,
    gender TEXT, birthdate TEXT, email TEXT, login_id TEXT, grade INTEGER, primary_school INTEGER,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, student_id)
) WITHOUT ROWID;
CREATE INDEX past_student_key ON past_student (student_id, import_id);

CREATE TABLE course (
    course_id TEXT NOT NULL, title TEXT, long_description TEXT, department TEXT, subject_area TEXT,
    state_course_code TEXT, low_grade INTEGER, high_grade INTEGER, active INTEGER NOT NULL,
    created_import INTEGER NOT NULL,
    PRIMARY KEY (course_id)
) WITHOUT ROWID;
CREATE TABLE past_course (
    import_id INTEGER NOT NULL, course_id TEXT NOT NULL, title TEXT, long_description TEXT,
    department TEXT, subject_area TEXT, state_course_code TEXT, low_grade INTEGER,
    high_grade INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, course_id)
) WITHOUT ROWID;
CREATE INDEX past_course_key ON past_course (course_id, import_id);

CREATE TABLE section (
    section_id TEXT NOT NULL, school_code INTEGER, section_number INTEGER, teacher_number INTEGER,
    homeroom INTEGER, title TEXT, course_id TEXT, term TEXT, period TEXT, room TEXT,
    low_grade INTEGER, high_grade INTEGER, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    PRIMARY KEY (section_id)
) WITHOUT ROWID;
CREATE TABLE past_section (
    import_id INTEGER NOT NULL, section_id TEXT NOT NULL, school_code INTEGER,
    section_number INTEGER, teacher_number INTEGER, homeroom INTEGER, title TEXT, course_id TEXT,
    term TEXT, period TEXT, room TEXT, low_grade INTEGER, high_grade INTEGER,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, section_id)
) WITHOUT ROWID;
CREATE INDEX past_section_key ON past_section (section_id, import_id);

CREATE TABLE enrollment (
    section_id TEXT NOT NULL, student_id INTEGER NOT NULL, school_code INTEGER, begin_date TEXT,
    end_date TEXT, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    PRIMARY KEY (section_id, student_id)
) WITHOUT ROWID;
CREATE TABLE past_enrollment (
    import_id INTEGER NOT NULL, section_id TEXT NOT NULL, student_id INTEGER NOT NULL,
    school_code INTEGER, begin_date TEXT, end_date TEXT, active INTEGER NOT NULL,
    created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, section_id, student_id)
) WITHOUT ROWID;
CREATE INDEX past_enrollment_key ON past_enrollment (section_id, student_id, import_id);

CREATE TABLE teaching (
    section_id TEXT NOT NULL, staff_id INTEGER NOT NULL, school_code INTEGER, is_primary INTEGER,
    role TEXT, begin_date TEXT, end_date TEXT, active INTEGER NOT NULL,
    created_import INTEGER NOT NULL,
    PRIMARY KEY (section_id, staff_id)
) WITHOUT ROWID;
CREATE TABLE past_teaching (
    import_id INTEGER NOT NULL, section_id TEXT NOT NULL, staff_id INTEGER NOT NULL,
    school_code INTEGER, is_primary INTEGER, role TEXT, begin_date TEXT, end_date TEXT,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, section_id, staff_id)
) WITHOUT ROWID;
CREATE INDEX past_teaching_key ON past_teaching (section_id, staff_id, import_id);

CREATE TABLE school_enrollment (
    school_code INTEGER NOT NULL, student_id INTEGER NOT NULL, student_number INTEGER,
    grade INTEGER, enter_date TEXT, leave_date TEXT, homeroom_teacher TEXT, track TEXT,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    PRIMARY KEY (school_code, student_id)
) WITHOUT ROWID;
CREATE TABLE past_school_enrollment (
    import_id INTEGER NOT NULL, school_code INTEGER NOT NULL, student_id INTEGER NOT NULL,
    student_number INTEGER, grade INTEGER, enter_date TEXT, leave_date TEXT, homeroom_teacher TEXT,
    track TEXT, active INTEGER NOT NULL, created_import INTEGER NOT NULL,
    absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, school_code, student_id)
) WITHOUT ROWID;
CREATE INDEX past_school_enrollment_key ON past_school_enrollment (school_code, student_id, import_id);

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

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
);

CREATE TABLE hold (
    import_id INTEGER NOT NULL, position INTEGER NOT NULL, code TEXT NOT NULL,
    kind TEXT, school INTEGER, field TEXT, message TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
) WITHOUT ROWID;

CREATE TABLE scope (
    import_id INTEGER NOT NULL, endpoint TEXT NOT NULL, school INTEGER,
    state TEXT NOT NULL, received INTEGER NOT NULL, requests INTEGER NOT NULL, retries INTEGER NOT NULL,
    bytes INTEGER NOT NULL, seconds REAL NOT NULL, code TEXT, message TEXT, reused INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX scope_import ON scope (import_id);

CREATE TABLE stale (
    endpoint TEXT NOT NULL, school INTEGER NOT NULL,
    since_import INTEGER NOT NULL, since TEXT NOT NULL, last_good TEXT, code TEXT NOT NULL,
    PRIMARY KEY (endpoint, school)
) WITHOUT ROWID;

CREATE TABLE count (
    import_id INTEGER NOT NULL, kind TEXT NOT NULL,
    received INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, unchanged INTEGER NOT NULL,
    reactivated INTEGER NOT NULL, rejected INTEGER NOT NULL, duplicate INTEGER NOT NULL,
    out_of_scope INTEGER NOT NULL, deactivated INTEGER NOT NULL, active INTEGER NOT NULL,
    PRIMARY KEY (import_id, kind)
) WITHOUT ROWID;

CREATE TABLE description (
    id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL, kind TEXT NOT NULL,
    record TEXT NOT NULL, school INTEGER, field TEXT, message TEXT NOT NULL,
    consequences INTEGER NOT NULL DEFAULT 0, consequence_code TEXT
);
CREATE INDEX description_import ON description (import_id, code);

CREATE TABLE file (
    import_id INTEGER NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, path TEXT NOT NULL,
    records INTEGER NOT NULL, PRIMARY KEY (import_id, kind)
) WITHOUT ROWID;

CREATE TABLE aeries_school (
    code INTEGER PRIMARY KEY, name TEXT NOT NULL, short_name TEXT, status TEXT,
    do_not_report INTEGER NOT NULL DEFAULT 0, state_code TEXT, nces_code TEXT,
    low_grade INTEGER, high_grade INTEGER, schedule_type TEXT, session_type TEXT,
    listed INTEGER NOT NULL DEFAULT 1, seen_at TEXT NOT NULL
);

CREATE TABLE term (
    school_code INTEGER NOT NULL, term_code TEXT NOT NULL, description TEXT,
    start_date TEXT, end_date TEXT, PRIMARY KEY (school_code, term_code)
) WITHOUT ROWID;

CREATE TABLE ali_school (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, code TEXT, low_grade TEXT, high_grade TEXT,
    origin TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE mapping (
    aeries_code INTEGER PRIMARY KEY, ali_id TEXT, match TEXT, score REAL,
    reasons TEXT NOT NULL DEFAULT '[]', excluded INTEGER NOT NULL DEFAULT 0,
    by_person INTEGER NOT NULL DEFAULT 0, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL
);

CREATE TABLE acknowledgement (
    id INTEGER PRIMARY KEY, school_year TEXT, by TEXT NOT NULL, at TEXT NOT NULL
);

CREATE TABLE account (
    kind TEXT NOT NULL,              -- staff or student
    person INTEGER NOT NULL,         -- staff_id or student_id
    user_name TEXT NOT NULL,         -- in lower case
    password_hash TEXT NOT NULL,
    made_import INTEGER, made_at TEXT NOT NULL, reset_at TEXT,
    PRIMARY KEY (kind, person)
) WITHOUT ROWID;
CREATE UNIQUE INDEX account_user_name ON account (user_name);
CREATE INDEX enrollment_student ON enrollment (student_id);
CREATE INDEX teaching_staff ON teaching (staff_id);
CREATE INDEX school_enrollment_student ON school_enrollment (student_id);
CREATE INDEX section_course ON section (course_id);

CREATE VIEW v_student AS
    SELECT s.student_id, s.last_name, s.first_name, s.middle_name, s.preferred_first_name, s.grade,
        s.email, s.login_id, s.state_student_id, s.active,
        (SELECT group_concat(e.school_code, ' ') FROM school_enrollment e
          WHERE e.student_id = s.student_id AND e.active = 1) AS schools
    FROM student s;

CREATE VIEW v_staff AS
    SELECT t.staff_id, t.last_name, t.first_name, t.email, t.user_name, t.login_id, t.title,
        t.primary_school, t.active,
        (SELECT count(*) FROM teaching g WHERE g.staff_id = t.staff_id AND g.active = 1) AS sections
    FROM staff t;

CREATE VIEW v_section AS
    SELECT c.section_id, c.school_code, a.name AS school, c.course_id,
        coalesce(c.title, k.title) AS title, c.term, c.period, c.room, c.homeroom, c.active,
        (SELECT count(*) FROM enrollment e WHERE e.section_id = c.section_id AND e.active = 1) AS students
    FROM section c LEFT JOIN course k ON k.course_id = c.course_id
        LEFT JOIN aeries_school a ON a.code = c.school_code;

CREATE VIEW v_roster AS
    SELECT e.section_id, e.school_code, e.student_id, s.last_name, s.first_name, s.grade,
        e.begin_date, e.end_date
    FROM enrollment e JOIN student s ON s.student_id = e.student_id
    WHERE e.active = 1 AND s.active = 1;

CREATE VIEW v_import AS
    SELECT i.id, i.kind, i.trigger, i.started_at, i.ended_at, i.outcome, i.applied, i.school_year,
        (SELECT count(*) FROM description d WHERE d.import_id = i.id) AS descriptions
    FROM import i;

CREATE VIEW v_account AS
    SELECT a.kind, a.person, a.user_name, coalesce(s.last_name, t.last_name) AS last_name,
        coalesce(s.first_name, t.first_name) AS first_name, coalesce(s.email, t.email) AS email,
        coalesce(s.active, t.active, 0) AS active, a.made_at, a.reset_at
    FROM account a LEFT JOIN student s ON a.kind = 'student' AND s.student_id = a.person
        LEFT JOIN staff t ON a.kind = 'staff' AND t.staff_id = a.person;

INSERT INTO meta (name, value) VALUES ('generation', '0');
