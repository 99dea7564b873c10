-- code: DIST-SAME-PERIOD
-- sentence: A student is in two sections of one period.
-- remedy: Drop one of the two.
-- page: Aeries: Student Data > Scheduling > Classes
-- kind: student
-- record: student_id
-- school: school_code
SELECT e.student_id, c.school_code,
    'Period ' || c.period || ': ' || group_concat(c.section_id, ', ') AS message
FROM v_enrollment e
JOIN v_section c ON c.section_id = e.section_id
WHERE e.active AND c.active AND NOT c.homeroom AND coalesce(c.period, '') <> ''
GROUP BY e.student_id, c.school_code, c.period, coalesce(c.term, '')
HAVING count(*) > 1
