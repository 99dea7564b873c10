-- code: DIST-FEW-SECTIONS
-- sentence: A student of grade 9 to 12 has fewer than four sections.
-- remedy: Complete the student's schedule, or see whether the student attends elsewhere part of the day.
-- page: Aeries: Student Data > Scheduling > Classes
-- severity: W
-- hold_if: 40 %
-- kind: student
-- record: student_id
-- school: primary_school
SELECT s.student_id, s.primary_school, 'Grade ' || s.grade || ' with ' || count(e.section_id) || ' sections.' AS message
FROM v_student s
LEFT JOIN v_enrollment e ON e.student_id = s.student_id AND e.active
WHERE s.active AND s.grade BETWEEN 9 AND 12
GROUP BY s.student_id
HAVING count(e.section_id) < 4
