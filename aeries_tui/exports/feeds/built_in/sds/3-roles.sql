-- file: roles.csv
-- required: userSourcedId, orgSourcedId, role
-- refers: userSourcedId -> users.csv sourcedId; orgSourcedId -> orgs.csv sourcedId
-- one_of: role: student, teacher
SELECT DISTINCT 't' || t.staff_id AS userSourcedId, t.school_code AS orgSourcedId, 'teacher' AS role,
    NULL AS grade, CASE WHEN t.school_code = s.primary_school THEN 'true' ELSE 'false' END AS isPrimary
FROM v_teaching t
JOIN v_staff s ON s.staff_id = t.staff_id AND s.active
WHERE t.active
UNION ALL
SELECT 's' || e.student_id, e.school_code, 'student',
    CASE
        WHEN e.grade < 0 THEN 'PK'
        WHEN e.grade = 0 THEN 'KG'
        WHEN e.grade BETWEEN 1 AND 12 THEN printf('%02d', e.grade)
        WHEN e.grade IS NOT NULL THEN 'Other'
    END,
    CASE WHEN e.school_code = s.primary_school THEN 'true' ELSE 'false' END
FROM v_school_enrollment e
JOIN v_student s ON s.student_id = e.student_id AND s.active
WHERE e.active
