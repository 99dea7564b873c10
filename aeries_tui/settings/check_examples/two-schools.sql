-- code: DIST-TWO-SCHOOLS
-- sentence: A student is enrolled at two schools or more.
-- remedy: See whether that is meant, and which is the primary one.
-- page: Aeries: Student Data > Attendance > Enrollment History
-- warn_if: 1
-- hold_if: 30 %
-- kind: student
-- record: student_id
-- school: primary_school
SELECT s.student_id, s.primary_school, 'Schools ' || s.schools AS message
FROM v_student s
WHERE s.active
    AND s.student_id IN (
        SELECT student_id
        FROM v_school_enrollment
        WHERE active
        GROUP BY student_id
        HAVING count(*) > 1
    )
