-- Step 11: the mark of a good quote and the role of a speaker are taken back like decisions: by one more row.

ALTER TABLE good_quote ADD COLUMN reverses TEXT;     -- uid of the row that this one takes back; NULL: a person's own
ALTER TABLE speaker_role ADD COLUMN reverses TEXT;   -- the same
CREATE INDEX good_quote_reverses ON good_quote (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX speaker_role_reverses ON speaker_role (reverses) WHERE reverses IS NOT NULL;
