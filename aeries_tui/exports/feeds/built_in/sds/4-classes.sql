-- file: classes.csv
-- required: sourcedId, orgSourcedId, title
-- unique: sourcedId
-- refers: orgSourcedId -> orgs.csv sourcedId
SELECT section_id AS sourcedId, school_code AS orgSourcedId,
    coalesce(nullif(title, ''), 'Section ' || section_id) AS title
FROM v_section
WHERE active
ORDER BY section_id
