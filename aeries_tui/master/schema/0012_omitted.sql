-- Layout 12. Frozen. Fields that are not kept.

-- What tells a person from another is kept as a salted digest where pull.omit leaves the field itself out.
ALTER TABLE student ADD COLUMN state_student_id_digest TEXT;
ALTER TABLE student ADD COLUMN gender_digest TEXT;
ALTER TABLE student ADD COLUMN birthdate_digest TEXT;
ALTER TABLE past_student ADD COLUMN state_student_id_digest TEXT;
ALTER TABLE past_student ADD COLUMN gender_digest TEXT;
ALTER TABLE past_student ADD COLUMN birthdate_digest TEXT;
ALTER TABLE staff ADD COLUMN hr_id_digest TEXT;
ALTER TABLE staff ADD COLUMN state_educator_id_digest TEXT;
ALTER TABLE past_staff ADD COLUMN hr_id_digest TEXT;
ALTER TABLE past_staff ADD COLUMN state_educator_id_digest TEXT;
