-- file: enrollments.csv
-- required: School_id, Section_id, Student_id
-- refers: Section_id -> sections.csv Section_id; School_id + Student_id -> students.csv School_id + Student_id
SELECT r.school_code AS School_id, r.section_id AS Section_id, r.student_id AS Student_id
FROM v_roster r
ORDER BY r.section_id, r.student_id
