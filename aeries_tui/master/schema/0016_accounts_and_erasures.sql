-- Layout 16. Frozen. Accounts as other queries join them, and what followers of the roster are told of erasures.

-- Of one table, so that SQLite looks an account up by its key also where a query joins this view from the left;
-- of two joined ones it made a list of all accounts first and read it through for every row.
DROP VIEW v_account;
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

-- An import that erased people, of which followers can still be told.
CREATE TABLE erasure (
    import_id INTEGER PRIMARY KEY,
    salt TEXT NOT NULL               -- of its digests, and of no others
);

-- Who was erased, as a digest of the id that whoever has the id can tell; sections that lost a teacher's name.
CREATE TABLE erased (
    import_id INTEGER NOT NULL,
    kind TEXT NOT NULL,              -- student, staff or section
    record TEXT NOT NULL,            -- a digest; the id of a section
    PRIMARY KEY (import_id, kind, record)
) WITHOUT ROWID;
