"""Step 3: what stood under the numbers 1 and 2 becomes one layout. Frozen, as every step is.

Before the first release the first tables were changed three times under one number: a Master may lack the
indexes of the earlier versions, and may have a table of accounts of another form, which nothing ever wrote to.
"""

from __future__ import annotations

import sqlite3

_INDEXES = """
CREATE INDEX IF NOT EXISTS past_staff_key ON past_staff (staff_id, import_id);
CREATE INDEX IF NOT EXISTS past_student_key ON past_student (student_id, import_id);
CREATE INDEX IF NOT EXISTS past_course_key ON past_course (course_id, import_id);
CREATE INDEX IF NOT EXISTS past_section_key ON past_section (section_id, import_id);
CREATE INDEX IF NOT EXISTS past_enrollment_key ON past_enrollment (section_id, student_id, import_id);
CREATE INDEX IF NOT EXISTS past_teaching_key ON past_teaching (section_id, staff_id, import_id);
CREATE INDEX IF NOT EXISTS past_school_enrollment_key
    ON past_school_enrollment (school_code, student_id, import_id);
"""

_ACCOUNTS = """
DROP TABLE account;
CREATE TABLE account (
    kind TEXT NOT NULL,              -- staff or student
    person INTEGER NOT NULL,         -- staff_id or student_id
    user_name TEXT NOT NULL,         -- in lower case
    password_hash TEXT NOT NULL,
    made_import INTEGER, made_at TEXT NOT NULL, reset_at TEXT,
    PRIMARY KEY (kind, person)
) WITHOUT ROWID;
CREATE UNIQUE INDEX account_user_name ON account (user_name);
CREATE VIEW v_account AS
    SELECT a.kind, a.person, a.user_name, coalesce(s.last_name, t.last_name) AS last_name,
        coalesce(s.first_name, t.first_name) AS first_name, coalesce(s.email, t.email) AS email,
        coalesce(s.active, t.active, 0) AS active, a.made_at, a.reset_at
    FROM account a LEFT JOIN student s ON a.kind = 'student' AND s.student_id = a.person
        LEFT JOIN staff t ON a.kind = 'staff' AND t.staff_id = a.person;
"""

EARLY_ACCOUNT = ("person", "user_name", "password_hash", "made_at", "reset_at")
"""The columns of the table of accounts before there were accounts."""


def one_layout(connection: sqlite3.Connection) -> str:
    """The SQL that gives a Master of layout 1 or 2, whichever that was, what it lacks."""
    names = tuple(row[1] for row in connection.execute("PRAGMA table_info(account)"))
    return _INDEXES + (_ACCOUNTS if names == EARLY_ACCOUNT else "")
