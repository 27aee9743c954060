-- Step 5: good quotes, and transcripts that are renamed or taken out of the study. The newest row counts.

-- A passage that a coder wants to quote: the code as it stands on the utterance. `good` 0 takes the mark away.
CREATE TABLE good_quote (
    uid       TEXT PRIMARY KEY,
    utterance INTEGER NOT NULL REFERENCES utterance (id),
    code      TEXT NOT NULL,
    coder     INTEGER NOT NULL REFERENCES coder (id),
    good      INTEGER NOT NULL CHECK (good IN (0, 1)),
    time      TEXT NOT NULL
) STRICT;
CREATE INDEX good_quote_utterance ON good_quote (utterance, code, time);

-- transcript.name and transcript.current are derived from these rows; text and codings stay in the file.
CREATE TABLE transcript_change (
    uid        TEXT PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcript (id),
    name       TEXT NOT NULL,
    removed    INTEGER NOT NULL CHECK (removed IN (0, 1)),
    coder      INTEGER REFERENCES coder (id),
    time       TEXT NOT NULL
) STRICT;
CREATE INDEX transcript_change_transcript ON transcript_change (transcript, time);
