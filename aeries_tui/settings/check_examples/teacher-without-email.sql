-- code: DIST-TEACHER-NO-EMAIL
-- sentence: A teacher of record has no e-mail address.
-- remedy: Enter the address; without it the teacher can't sign on.
-- page: Aeries: School Info > Staff > Staff
-- severity: E
-- kind: staff
-- record: staff_id
-- school: school_code
-- field: EmailAddress
SELECT DISTINCT staff_id, min(school_code) AS school_code
FROM v_teaching
WHERE active AND is_primary AND coalesce(email, '') = ''
GROUP BY staff_id
