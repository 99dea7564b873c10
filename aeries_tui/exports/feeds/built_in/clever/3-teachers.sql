-- file: teachers.csv
-- required: School_id, Teacher_id, Last_name, First_name
-- unique: School_id + Teacher_id
-- refers: School_id -> schools.csv School_id
SELECT t.school_code AS School_id, s.staff_id AS Teacher_id, s.staff_id AS Teacher_number,
    s.state_educator_id AS State_teacher_id, s.email AS Teacher_email, s.first_name AS First_name,
    s.middle_name AS Middle_name, s.last_name AS Last_name, s.title AS Title, a.user_name AS Username
FROM (SELECT DISTINCT school_code, staff_id FROM v_teaching WHERE active) t
JOIN v_staff s ON s.staff_id = t.staff_id AND s.active
JOIN v_school c ON c.school_code = t.school_code AND c.mapped
LEFT JOIN v_account a ON a.kind = 'staff' AND a.person = s.staff_id
ORDER BY t.school_code, s.staff_id
