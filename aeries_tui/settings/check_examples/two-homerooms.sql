-- code: DIST-TWO-HOMEROOMS
-- sentence: A student is in two homerooms.
-- remedy: Take the student out of one.
-- page: Aeries: Student Data > Demographics
-- kind: student
-- record: student_id
-- school: school_code
SELECT e.student_id, min(e.school_code) AS school_code, group_concat(e.section_id, ', ') AS message
FROM v_section c
CROSS JOIN v_enrollment e ON e.section_id = c.section_id
WHERE c.homeroom AND c.active AND e.active
GROUP BY e.student_id
HAVING count(*) > 1
