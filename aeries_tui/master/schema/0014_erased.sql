-- Layout 14. Frozen. People who are erased, and since when people are gone.

-- Who was erased and is kept out of pulls: a digest of the id, and nothing else of the person.
CREATE TABLE tombstone (
    kind TEXT NOT NULL,              -- student or staff
    digest TEXT NOT NULL,            -- of the id, with the salt
    import_id INTEGER NOT NULL,      -- the import that erased them
    at TEXT NOT NULL,
    PRIMARY KEY (kind, digest)
) WITHOUT ROWID;

-- Since when people of whom something is kept take no part any more.
CREATE TABLE gone (
    kind TEXT NOT NULL, person INTEGER NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (kind, person)
) WITHOUT ROWID;
