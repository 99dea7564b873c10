-- Layout 9. Frozen. The views that checks, feeds and people's own queries read: every kind of the roster, schools with
-- their mapping, terms, and the descriptions of imports. Columns are only ever added, at the end.

DROP VIEW v_student;
CREATE VIEW v_student AS
    SELECT s.student_id, s.last_name, s.first_name, s.middle_name, s.preferred_first_name, s.grade,
        s.email, s.login_id, s.state_student_id, s.active,
        (SELECT group_concat(e.school_code, ' ') FROM
            (SELECT DISTINCT school_code FROM school_enrollment
              WHERE student_id = s.student_id AND active = 1 ORDER BY school_code) e) AS schools,
        s.preferred_last_name, s.primary_school, s.gender, s.birthdate
    FROM student s;

DROP VIEW v_staff;
CREATE VIEW v_staff AS
    SELECT t.staff_id, t.last_name, t.first_name, t.email, t.user_name, t.login_id, t.title,
        t.primary_school, t.active,
        (SELECT count(*) FROM teaching g WHERE g.staff_id = t.staff_id AND g.active = 1) AS sections,
        (SELECT group_concat(g.school_code, ' ') FROM
            (SELECT DISTINCT school_code FROM teaching
              WHERE staff_id = t.staff_id AND active = 1 ORDER BY school_code) g) AS schools,
        t.middle_name, t.name_suffix, t.hr_id, t.state_educator_id
    FROM staff t;

DROP VIEW v_section;
CREATE VIEW v_section AS
    SELECT c.section_id, c.school_code, a.name AS school, c.course_id,
        coalesce(c.title, k.title) AS title, c.term, c.period, c.room, c.homeroom, c.active,
        (SELECT count(*) FROM enrollment e WHERE e.section_id = c.section_id AND e.active = 1) AS students,
        c.section_number, c.teacher_number, c.low_grade, c.high_grade
    FROM section c LEFT JOIN course k ON k.course_id = c.course_id
        LEFT JOIN aeries_school a ON a.code = c.school_code;

CREATE VIEW v_school AS
    SELECT a.code AS school_code, a.name, a.short_name, a.state_code, a.nces_code, a.low_grade, a.high_grade,
        m.ali_id, i.name AS ali_name, coalesce(m.excluded, 0) AS excluded,
        m.ali_id IS NOT NULL AND NOT coalesce(m.excluded, 0) AS mapped, a.listed
    FROM aeries_school a LEFT JOIN mapping m ON m.aeries_code = a.code
        LEFT JOIN ali_school i ON i.id = m.ali_id;

CREATE VIEW v_school_enrollment AS
    SELECT e.school_code, e.student_id, e.student_number, e.grade, e.enter_date, e.leave_date,
        e.homeroom_teacher, e.track, e.active
    FROM school_enrollment e;

CREATE VIEW v_enrollment AS
    SELECT e.section_id, e.school_code, e.student_id, e.begin_date, e.end_date, e.active
    FROM enrollment e;

CREATE VIEW v_teaching AS
    SELECT g.section_id, g.school_code, g.staff_id, t.last_name, t.first_name, t.email, g.is_primary, g.role,
        g.begin_date, g.end_date, g.active
    FROM teaching g LEFT JOIN staff t ON t.staff_id = g.staff_id;

CREATE VIEW v_course AS
    SELECT k.course_id, k.title, k.long_description, k.department, k.subject_area, k.state_course_code,
        k.low_grade, k.high_grade, k.active
    FROM course k;

CREATE VIEW v_term AS
    SELECT m.school_code, m.term_code, m.description, m.start_date, m.end_date
    FROM term m;

CREATE VIEW v_description AS
    SELECT d.import_id, d.code, d.severity, d.kind, d.record, d.school, d.field, d.message
    FROM description d;
