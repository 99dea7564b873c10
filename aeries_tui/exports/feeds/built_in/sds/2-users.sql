-- file: users.csv
-- required: sourcedId, username
-- unique: sourcedId; username
WITH person AS (
    SELECT 't' || staff_id AS id, 'staff' AS kind, staff_id AS number, first_name, last_name, email
    FROM v_staff
    WHERE active AND sections > 0
    UNION ALL
    SELECT 's' || student_id, 'student', student_id, first_name, last_name, email
    FROM v_student
    WHERE active
),
-- An address that two people share can be the user name of neither.
shared AS (
    SELECT lower(email) AS address
    FROM person
    WHERE coalesce(email, '') <> ''
    GROUP BY 1
    HAVING count(*) > 1
)
SELECT p.id AS sourcedId,
    CASE
        WHEN coalesce(p.email, '') = '' OR lower(p.email) IN (SELECT address FROM shared) THEN a.user_name
        ELSE p.email
    END AS username,
    p.first_name AS givenName, p.last_name AS familyName, p.email AS email
FROM person p
LEFT JOIN v_account a ON a.kind = p.kind AND a.person = p.number
