-- sentence: Accounts for a directory: user name, name, e-mail, school and grade of everybody active.
-- file: accounts.csv
-- required: kind, id, user_name
-- unique: user_name; kind + id
-- one_of: kind: staff, student
SELECT a.kind, a.person AS id, a.user_name, a.last_name, a.first_name, a.email,
    coalesce(s.primary_school, t.primary_school) AS school, c.name AS school_name, s.grade
FROM v_account a
LEFT JOIN v_student s ON a.kind = 'student' AND s.student_id = a.person
LEFT JOIN v_staff t ON a.kind = 'staff' AND t.staff_id = a.person
LEFT JOIN v_school c ON c.school_code = coalesce(s.primary_school, t.primary_school)
WHERE a.active
ORDER BY a.kind, a.person
