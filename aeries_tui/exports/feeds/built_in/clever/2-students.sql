-- file: students.csv
-- required: School_id, Student_id, Last_name, First_name
-- unique: School_id + Student_id
-- refers: School_id -> schools.csv School_id
SELECT e.school_code AS School_id, s.student_id AS Student_id, e.student_number AS Student_number,
    s.state_student_id AS State_id, s.last_name AS Last_name, s.middle_name AS Middle_name,
    s.first_name AS First_name,
    CASE
        WHEN s.grade IS NULL THEN NULL
        WHEN s.grade < 0 THEN 'PreKindergarten'
        WHEN s.grade = 0 THEN 'Kindergarten'
        WHEN s.grade <= 13 THEN s.grade
        ELSE 'Other'
    END AS Grade,
    CASE WHEN s.gender IN ('M', 'F', 'X') THEN s.gender END AS Gender,
    CASE WHEN s.birthdate IS NOT NULL THEN strftime('%m/%d/%Y', s.birthdate) END AS DOB,
    s.email AS Student_email, a.user_name AS Username
FROM v_school_enrollment e
JOIN v_student s ON s.student_id = e.student_id
JOIN v_school c ON c.school_code = e.school_code AND c.mapped
LEFT JOIN v_account a ON a.kind = 'student' AND a.person = s.student_id
WHERE e.active AND s.active
ORDER BY e.school_code, s.student_id
