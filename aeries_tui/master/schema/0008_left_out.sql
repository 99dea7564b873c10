-- Layout 8. Frozen. Whom a pull read and left out, by import: what is needed to say so, and no more.

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
