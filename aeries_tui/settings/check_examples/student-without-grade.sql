-- code: DIST-NO-GRADE
-- sentence: A student has no grade.
-- remedy: Enter it; products choose material by grade.
-- page: Aeries: Student Data > Demographics
-- kind: student
-- record: student_id
-- school: primary_school
-- field: Grade
SELECT student_id, primary_school
FROM v_student
WHERE active AND grade IS NULL
