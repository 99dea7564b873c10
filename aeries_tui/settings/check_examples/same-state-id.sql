-- code: DIST-SAME-STATE-ID
-- sentence: Two students have one state id.
-- remedy: Find out whose it is; perhaps one student stands in Aeries twice.
-- page: Aeries: Student Data > Demographics
-- severity: E
-- kind: student
-- record: student_id
-- school: primary_school
-- field: StateStudentID
SELECT s.student_id, s.primary_school, 'State id ' || s.state_student_id AS message
FROM v_student s
WHERE s.active
    AND s.state_student_id IN (
        SELECT state_student_id
        FROM v_student
        WHERE active AND coalesce(state_student_id, '') <> ''
        GROUP BY state_student_id
        HAVING count(*) > 1
    )
