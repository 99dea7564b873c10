-- Layout 10. Frozen. The salt with which people stand in the journal; it is in no export and in no archive.

INSERT INTO meta (name, value) VALUES ('salt', lower(hex(randomblob(32))));
