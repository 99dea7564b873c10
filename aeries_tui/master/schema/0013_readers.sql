-- Layout 13. Frozen. Who follows what imports did, and how far each has come.

CREATE TABLE reader (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,       -- the import whose events were acknowledged last
    at TEXT NOT NULL
) WITHOUT ROWID;
