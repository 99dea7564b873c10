-- Layout 11. Frozen. What the district's own checks said of an import: their texts are kept with it, for the files
-- they stand in may be others tomorrow.

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
