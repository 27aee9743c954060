-- Step 13: renaming, removing and bringing back a transcript, and a setting, are taken back by one more row.

-- A rename tells the name alone; a removal, whether the transcript is in the study. `before` is what it was called until
-- then: the name it has again where all its renames are undone. Of the first rename of an older study it is not known.
ALTER TABLE transcript_change RENAME TO transcript_change_before;
CREATE TABLE transcript_change (
    uid        TEXT PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcript (id),
    kind       TEXT NOT NULL CHECK (kind IN ('rename', 'remove', 'restore')),
    name       TEXT NOT NULL,
    before     TEXT,
    coder      INTEGER REFERENCES coder (id),
    time       TEXT NOT NULL,
    reverses   TEXT                      -- uid of the row that this one takes back
) STRICT;
INSERT INTO transcript_change
SELECT uid, transcript,
       CASE WHEN removed = 1 THEN 'remove' WHEN lag(removed) OVER earlier = 1 THEN 'restore' ELSE 'rename' END,
       name, lag(name) OVER earlier, coder, time, NULL
FROM transcript_change_before
WINDOW earlier AS (PARTITION BY transcript ORDER BY time, uid);
DROP TABLE transcript_change_before;
CREATE INDEX transcript_change_transcript ON transcript_change (transcript, time);
CREATE INDEX transcript_change_reverses ON transcript_change (reverses) WHERE reverses IS NOT NULL;
CREATE TRIGGER transcript_change_stays BEFORE DELETE ON transcript_change
    BEGIN SELECT RAISE(ABORT, 'changes of transcripts are never deleted'); END;
CREATE TRIGGER transcript_change_fixed BEFORE UPDATE ON transcript_change
    BEGIN SELECT RAISE(ABORT, 'changes of transcripts are never changed'); END;

ALTER TABLE setting ADD COLUMN reverses TEXT;   -- uid of the row that this one takes back; NULL: a new value
CREATE INDEX setting_reverses ON setting (reverses) WHERE reverses IS NOT NULL;
