-- file: enrollments.csv
-- required: classSourcedId, userSourcedId, role
-- refers: classSourcedId -> classes.csv sourcedId; userSourcedId -> users.csv sourcedId
-- one_of: role: student, teacher
SELECT section_id AS classSourcedId, 't' || staff_id AS userSourcedId, 'teacher' AS role
FROM v_teaching
WHERE active
UNION ALL
SELECT section_id, 's' || student_id, 'student'
FROM v_roster
