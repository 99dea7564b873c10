-- Layout 4. Frozen. What became of a file is an outcome, no longer the words that a person reads of it.

ALTER TABLE file RENAME COLUMN status TO outcome;
UPDATE file SET outcome = CASE outcome
    WHEN 'Completed' THEN 'completed'
    WHEN 'Completed with ERROR' THEN 'completed_with_error'
    ELSE outcome
END;
