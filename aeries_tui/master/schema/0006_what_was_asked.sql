-- Layout 6. Frozen. What a pull was asked to be, which one that goes on from it is as well; by which import a plan
-- that waited was superseded. A plan that waited before and is older than what was pulled since is superseded now.

ALTER TABLE import ADD COLUMN plan_only INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN quick INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN asked_year TEXT;
ALTER TABLE import ADD COLUMN superseded_by INTEGER;
UPDATE import AS held SET outcome = 'superseded', decided = 'superseded',
    superseded_by = (SELECT id FROM import l WHERE l.id > held.id AND l.applied = 1 ORDER BY id LIMIT 1),
    decided_at = (SELECT ended_at FROM import l WHERE l.id > held.id AND l.applied = 1 ORDER BY id LIMIT 1)
WHERE outcome = 'held'
    AND base_generation <> (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation')
    AND EXISTS (SELECT 1 FROM import l WHERE l.id > held.id AND l.applied = 1);
