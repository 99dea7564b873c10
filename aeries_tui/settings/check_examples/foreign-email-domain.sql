-- code: DIST-EMAIL-DOMAIN
-- sentence: An e-mail address is not of the domain that most students have.
-- remedy: Enter the district's address; single sign-on knows no other.
-- page: Aeries: Student Data > Demographics
-- kind: student
-- record: student_id
-- school: primary_school
-- field: StudentEmailAddress
WITH address AS (
    SELECT student_id, primary_school, lower(substr(email, instr(email, '@') + 1)) AS domain
    FROM v_student
    WHERE active AND email LIKE '%@%'
)
SELECT student_id, primary_school, 'It ends in ' || domain || '.' AS message
FROM address
WHERE domain <> (SELECT domain FROM address GROUP BY domain ORDER BY count(*) DESC LIMIT 1)
