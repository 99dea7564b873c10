-- Layout 2. Frozen. Whose and how many, of active records alone, is counted for each person of each import's files.

DROP INDEX enrollment_student;
CREATE INDEX enrollment_student ON enrollment (student_id, active);
DROP INDEX teaching_staff;
CREATE INDEX teaching_staff ON teaching (staff_id, active);
DROP INDEX school_enrollment_student;
CREATE INDEX school_enrollment_student ON school_enrollment (student_id, active);
