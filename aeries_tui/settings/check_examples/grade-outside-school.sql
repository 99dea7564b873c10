-- code: DIST-GRADE-AT-SCHOOL
-- sentence: A student is in a grade that the school does not have.
-- remedy: Correct the grade, or the grades of the school.
-- page: Aeries: Student Data > Demographics
-- kind: student
-- record: student_id
-- school: school_code
-- field: Grade
SELECT e.student_id, e.school_code,
    'Grade ' || e.grade || ' at ' || s.name || ', which has ' || s.low_grade || ' to ' || s.high_grade || '.' AS message
FROM v_school_enrollment e
JOIN v_school s ON s.school_code = e.school_code
WHERE e.active AND s.low_grade <= s.high_grade AND e.grade NOT BETWEEN s.low_grade AND s.high_grade
