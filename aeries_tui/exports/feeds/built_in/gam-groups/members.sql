-- sentence: Group members for GAM: one group for each section, and one for each school's teachers.
-- source: GAM, "Groups - Membership": gam csv group-members.csv gam update group "~group" add "~role" "~email"
-- file: group-members.csv
-- required: group, email
-- one_of: role: owner, member
-- unique: group + email
SELECT 'section-' || lower(r.section_id) AS "group", s.email AS email, 'member' AS role
FROM v_roster r
JOIN v_student s ON s.student_id = r.student_id
WHERE coalesce(s.email, '') <> ''
UNION ALL
SELECT DISTINCT 'section-' || lower(section_id), email, 'owner'
FROM v_teaching
WHERE active AND coalesce(email, '') <> ''
UNION ALL
SELECT DISTINCT 'teachers-' || school_code, email, 'member'
FROM v_teaching
WHERE active AND coalesce(email, '') <> ''
