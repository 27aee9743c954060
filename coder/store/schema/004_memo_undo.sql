-- Step 4: a memo can be taken back like a decision: by one more row.

ALTER TABLE memo ADD COLUMN reverses TEXT;   -- uid of the row that this one takes back; NULL: the coder wrote it
CREATE INDEX memo_reverses ON memo (reverses) WHERE reverses IS NOT NULL;
