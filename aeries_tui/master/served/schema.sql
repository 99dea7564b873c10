-- What the roster service gives, layout 3.

-- One state of the roster as it is given, made of one state of the Master.
CREATE TABLE state (
    number INTEGER PRIMARY KEY,
    stamp INTEGER,                   -- dateLastModified of what changed: milliseconds since 1970; null: not whole, or not shown yet
    import_id INTEGER NOT NULL,      -- the newest applied import in it
    mark TEXT NOT NULL,              -- tells the state of the Master apart from others
    left_out TEXT NOT NULL           -- JSON: ids of records that the standard does not allow
);

-- A version of a record: from one state to before another.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL,
    rank INTEGER NOT NULL,           -- the place in its list: the id of the first version, so that it never moves
    sourced_id TEXT NOT NULL,
    from_state INTEGER NOT NULL,
    to_state INTEGER NOT NULL,       -- the first state without it; the largest integer for the newest version
    is_active INTEGER NOT NULL,      -- 0: a tombstone
    kind TEXT NOT NULL,              -- the role of a user or an enrollment, the type of a session or an org; else blank
    schools TEXT NOT NULL,           -- codes of those that it is of, blanks between; blank: of the district
    former TEXT NOT NULL,            -- codes of those that it was of once
    left_in INTEGER NOT NULL,        -- the state in which it left one of them last; 0: none
    link TEXT,                       -- of an enrollment the user
    body TEXT NOT NULL               -- JSON, see roster_service.bodies
);
CREATE INDEX record_list ON record (collection, rank, from_state, to_state, is_active, kind, schools, former, left_in);
CREATE INDEX record_key ON record (collection, sourced_id);
CREATE INDEX record_link ON record (link) WHERE link IS NOT NULL;

CREATE TABLE consumer (
    name TEXT PRIMARY KEY,           -- its client id
    scopes TEXT NOT NULL,            -- blanks between
    schools TEXT NOT NULL,           -- codes, blanks between; blank: all
    made_at TEXT NOT NULL,
    expires_at TEXT,                 -- null: never
    revoked_at TEXT,
    last_seen TEXT,
    requests INTEGER NOT NULL DEFAULT 0,
    records INTEGER NOT NULL DEFAULT 0,
    state INTEGER                    -- the newest one that it read of
) WITHOUT ROWID;

CREATE TABLE consumer_secret (
    digest TEXT PRIMARY KEY,
    consumer TEXT NOT NULL,
    expires_at TEXT                  -- null: until it is rotated
) WITHOUT ROWID;

CREATE TABLE token (
    digest TEXT PRIMARY KEY,
    consumer TEXT NOT NULL,
    scopes TEXT NOT NULL,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
