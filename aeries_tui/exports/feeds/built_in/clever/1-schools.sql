-- sentence: The five files of Clever's SFTP specification.
-- source: Clever SFTP Instructions v2.1.1, section 3; support.clever.com article 203114867
-- file: schools.csv
-- required: School_id, School_name, School_number
-- unique: School_id
SELECT school_code AS School_id, name AS School_name, school_code AS School_number, state_code AS State_id,
    CASE WHEN low_grade < 0 THEN 'PreKindergarten' WHEN low_grade = 0 THEN 'Kindergarten' ELSE low_grade END AS Low_grade,
    CASE WHEN high_grade < 0 THEN 'PreKindergarten' WHEN high_grade = 0 THEN 'Kindergarten' ELSE high_grade END AS High_grade
FROM v_school
WHERE mapped
ORDER BY school_code
