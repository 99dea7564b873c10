-- code: DIST-NO-PRIMARY-TEACHER
-- sentence: A section with students has teachers, but none of them is the teacher of record.
-- remedy: Mark one as the primary teacher.
-- page: Aeries: Scheduling Process > Master Schedule > Sections
-- kind: section
-- record: section_id
-- school: school_code
SELECT c.section_id, c.school_code
FROM v_section c
JOIN v_teaching t ON t.section_id = c.section_id AND t.active
WHERE c.active
GROUP BY c.section_id
HAVING max(t.is_primary) = 0
    AND EXISTS (SELECT 1 FROM v_enrollment e WHERE e.section_id = c.section_id AND e.active)
