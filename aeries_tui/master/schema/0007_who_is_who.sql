-- Layout 7. Frozen. An id is not a person: who was behind one, what a person said of it, whose account it was.

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

-- Each time an id passed to another person; an undo passes it back. A holder is somebody for whom an id stands:
-- -ID is who had that id first, another number is the decision that such a person is there.
CREATE TABLE handover (
    import_id INTEGER NOT NULL, kind TEXT NOT NULL, person INTEGER NOT NULL,
    from_holder INTEGER NOT NULL, to_holder INTEGER NOT NULL,
    record TEXT NOT NULL,            -- JSON: the last record of who had it
    PRIMARY KEY (import_id, kind, person)
) WITHOUT ROWID;
CREATE INDEX handover_person ON handover (kind, person, import_id);

-- Accounts of those whose id stands for somebody else; nobody logs in with one, its user name stays taken.
CREATE TABLE parked_account (
    user_name TEXT PRIMARY KEY,
    kind TEXT NOT NULL, holder INTEGER NOT NULL,
    person INTEGER NOT NULL,         -- the id that it was under
    password_hash TEXT NOT NULL,
    made_import INTEGER, made_at TEXT NOT NULL, reset_at TEXT
) WITHOUT ROWID;
CREATE INDEX parked_account_holder ON parked_account (kind, holder);

-- The facts behind ids that have an account, from before the roster was archived.
CREATE TABLE remembered_person (
    kind TEXT NOT NULL, person INTEGER NOT NULL,
    state_id TEXT, second_id TEXT, last_name TEXT, first_name TEXT, middle_name TEXT,
    preferred_first_name TEXT, preferred_last_name TEXT, gender TEXT,
    PRIMARY KEY (kind, person)
) WITHOUT ROWID;
