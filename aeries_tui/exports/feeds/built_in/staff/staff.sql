-- sentence: Active members of staff with their user names and schools.
-- file: staff.csv
-- required: staff_id, last_name
-- unique: staff_id
SELECT s.staff_id, s.last_name, s.first_name, s.email, a.user_name, s.title, s.schools
FROM v_staff s
LEFT JOIN v_account a ON a.kind = 'staff' AND a.person = s.staff_id
WHERE s.active
ORDER BY s.staff_id
