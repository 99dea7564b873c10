-- code: DIST-MANY-SECTIONS
-- sentence: A teacher of record has more than twelve sections.
-- remedy: See whether sections of a placeholder teacher still wait for their own.
-- page: Aeries: School Info > Staff > Teachers
-- kind: staff
-- record: staff_id
-- school: school_code
SELECT staff_id, min(school_code) AS school_code, count(*) || ' sections' AS message
FROM v_teaching
WHERE active AND is_primary
GROUP BY staff_id
HAVING count(*) > 12
