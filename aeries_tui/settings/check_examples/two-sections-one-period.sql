-- code: DIST-SAME-PERIOD
-- sentence: A student is in two sections of one period.
-- remedy: Drop one of the two.
-- page: Aeries: Student Data > Scheduling > Classes
-- kind: student
-- record: student_id
-- school: school_code
WITH slot AS MATERIALIZED (
    SELECT section_id, school_code, period, dense_rank() OVER (ORDER BY school_code, period, term) AS number
    FROM v_section
    WHERE active AND NOT homeroom AND coalesce(period, '') <> ''
),
-- Whoever has fewer periods than sections has two in one of them; only of these few is it told which.
doubled AS (
    SELECT e.student_id
    FROM v_enrollment e
    JOIN slot s ON s.section_id = e.section_id
    WHERE e.active
    GROUP BY e.student_id
    HAVING count(*) > count(DISTINCT s.number)
)
SELECT e.student_id, s.school_code, 'Period ' || s.period || ': ' || group_concat(s.section_id, ', ') AS message
FROM doubled d
CROSS JOIN v_enrollment e ON e.student_id = d.student_id
JOIN slot s ON s.section_id = e.section_id
WHERE e.active
GROUP BY e.student_id, s.number
HAVING count(*) > 1
