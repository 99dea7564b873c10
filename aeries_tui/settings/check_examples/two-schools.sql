-- code: DIST-TWO-SCHOOLS
-- sentence: A student is enrolled at two schools or more.
-- remedy: See whether that is meant, and which is the primary one.
-- page: Aeries: Student Data > Attendance > Enrollment History
-- warn_if: 1
-- hold_if: 30 %
-- kind: student
-- record: student_id
-- school: primary_school
SELECT student_id, primary_school, 'Schools ' || schools AS message
FROM v_student
WHERE active AND schools LIKE '% %'
