-- Layout 4. Frozen. Students and staff tell their schools in one order, each once, as the lists of people do; staff told none.

DROP VIEW v_student;
CREATE VIEW v_student AS
    SELECT s.student_id, s.last_name, s.first_name, s.middle_name, s.preferred_first_name, s.grade,
        s.email, s.login_id, s.state_student_id, s.active,
        (SELECT group_concat(e.school_code, ' ') FROM
            (SELECT DISTINCT school_code FROM school_enrollment
              WHERE student_id = s.student_id AND active = 1 ORDER BY school_code) e) AS schools,
        s.preferred_last_name
    FROM student s;

DROP VIEW v_staff;
CREATE VIEW v_staff AS
    SELECT t.staff_id, t.last_name, t.first_name, t.email, t.user_name, t.login_id, t.title,
        t.primary_school, t.active,
        (SELECT count(*) FROM teaching g WHERE g.staff_id = t.staff_id AND g.active = 1) AS sections,
        (SELECT group_concat(g.school_code, ' ') FROM
            (SELECT DISTINCT school_code FROM teaching
              WHERE staff_id = t.staff_id AND active = 1 ORDER BY school_code) g) AS schools
    FROM staff t;
