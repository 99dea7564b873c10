-- Layout 15. Frozen. What was made for others, what became of it, and what they got.

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
CREATE INDEX delivery_name ON delivery (name, id);

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
