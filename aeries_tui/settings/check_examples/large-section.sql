-- code: DIST-LARGE-SECTION
-- sentence: A section has more than 38 students.
-- remedy: See whether rows of last year's students are still open.
-- page: Aeries: Scheduling Process > Master Schedule > Sections
-- kind: section
-- record: section_id
-- school: school_code
SELECT section_id, school_code, title || ' has ' || students || ' students.' AS message
FROM v_section
WHERE active AND NOT homeroom AND students > 38
