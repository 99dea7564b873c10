-- sentence: The five files of Microsoft's School Data Sync, format v2.1.
-- source: Microsoft Learn, "SDS V2.1 CSV File Format"
-- file: orgs.csv
-- required: sourcedId, name, type
-- unique: sourcedId
-- one_of: type: district, school
SELECT 'district' AS sourcedId, :district_name AS name, 'district' AS type, NULL AS parentSourcedId
UNION ALL
SELECT school_code, name, 'school', 'district'
FROM v_school
WHERE mapped
