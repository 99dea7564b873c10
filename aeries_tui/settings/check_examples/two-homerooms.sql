-- code: DIST-TWO-HOMEROOMS
-- sentence: A student is in two homerooms.
-- remedy: Take the student out of one.
-- page: Aeries: Student Data > Demographics
-- kind: student
-- record: student_id
-- school: school_code
SELECT e.student_id, min(e.school_code) AS school_code, group_concat(e.section_id, ', ') AS message
FROM v_enrollment e
JOIN v_section c ON c.section_id = e.section_id
WHERE e.active AND c.active AND c.homeroom
GROUP BY e.student_id
HAVING count(*) > 1
