-- file: sections.csv
-- required: School_id, Section_id, Teacher_id
-- unique: Section_id
-- refers: School_id -> schools.csv School_id; School_id + Teacher_id -> teachers.csv School_id + Teacher_id
WITH ranked AS (
    SELECT section_id, staff_id,
        row_number() OVER (PARTITION BY section_id ORDER BY is_primary DESC, staff_id) AS place
    FROM v_teaching
    WHERE active
)
SELECT c.school_code AS School_id, c.section_id AS Section_id, a.staff_id AS Teacher_id,
    b.staff_id AS Teacher_2_id, d.staff_id AS Teacher_3_id, c.title AS Name,
    coalesce(c.section_number, c.teacher_number) AS Section_number, k.title AS Course_name,
    c.course_id AS Course_number, c.period AS Period, m.description AS Term_name,
    CASE WHEN m.start_date IS NOT NULL THEN strftime('%m/%d/%Y', m.start_date) END AS Term_start,
    CASE WHEN m.end_date IS NOT NULL THEN strftime('%m/%d/%Y', m.end_date) END AS Term_end
FROM v_section c
JOIN v_school h ON h.school_code = c.school_code AND h.mapped
JOIN ranked a ON a.section_id = c.section_id AND a.place = 1
LEFT JOIN ranked b ON b.section_id = c.section_id AND b.place = 2
LEFT JOIN ranked d ON d.section_id = c.section_id AND d.place = 3
LEFT JOIN v_course k ON k.course_id = c.course_id
LEFT JOIN v_term m ON m.school_code = c.school_code AND m.term_code = c.term
WHERE c.active
ORDER BY c.section_id
