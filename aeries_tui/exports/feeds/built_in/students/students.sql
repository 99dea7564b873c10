-- sentence: Active students with their user names, grades and schools.
-- file: students.csv
-- required: student_id
-- unique: student_id
SELECT s.student_id, s.last_name, s.first_name, s.middle_name, s.grade, s.email, a.user_name, s.schools
FROM v_student s
LEFT JOIN v_account a ON a.kind = 'student' AND a.person = s.student_id
WHERE s.active
ORDER BY s.student_id
