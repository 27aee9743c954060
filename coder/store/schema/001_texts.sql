-- Step 1: the study itself, its people, codebooks and texts.
--
-- Rules of the whole schema:
--   * What people did is appended, never changed (the triggers of step 3 keep this). Where a later row replaces an
--     earlier one (a role, a codebook, a setting), the row with the greatest (time, uid) counts.
--   * `uid` names a row in every copy of the study, so that copies can be joined; `id` is good in this file only.
--   * `time` is UTC, ISO 8601 with microseconds, and grows with every write of this file.
--   * Columns and tables marked "derived" can be rebuilt from the rest.
--   * Offsets are code points into transcript.text, end exclusive.

CREATE TABLE study (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    uid     TEXT NOT NULL,
    name    TEXT NOT NULL,
    created TEXT NOT NULL,
    latest  TEXT NOT NULL                -- the newest `time` given out, so that time never runs backwards here
) STRICT;

-- People who code. The one row of kind 'adjudicated' is the voice of settled disagreements.
CREATE TABLE coder (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'adjudicated'))
) STRICT;
INSERT INTO coder (id, name, kind) VALUES (1, 'adjudicated', 'adjudicated');

CREATE TABLE setting (
    uid   TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    coder INTEGER REFERENCES coder (id),
    time  TEXT NOT NULL
) STRICT;

-- Every version of the codebook; the newest is the one in use, decisions say which they were made with.
CREATE TABLE codebook (
    id      INTEGER PRIMARY KEY,
    uid     TEXT NOT NULL UNIQUE,
    hash    TEXT NOT NULL,
    content TEXT NOT NULL,               -- JSON in the shape of the codebook's YAML
    note    TEXT NOT NULL DEFAULT '',
    coder   INTEGER REFERENCES coder (id),
    time    TEXT NOT NULL
) STRICT;

CREATE TABLE transcript (
    id          INTEGER PRIMARY KEY,
    uid         TEXT NOT NULL UNIQUE,    -- hash of text, turns and cut: the same file gets the same uid everywhere
    name        TEXT NOT NULL,
    text        TEXT NOT NULL,
    text_hash   TEXT NOT NULL,
    source_hash TEXT NOT NULL,
    source      TEXT NOT NULL,           -- file name it was read from, without its folder
    format      TEXT NOT NULL,
    encoding    TEXT,
    notes       TEXT NOT NULL,           -- JSON list of remarks of the reader
    replaces    TEXT,                    -- uid of the version that this one follows
    current     INTEGER NOT NULL DEFAULT 1 CHECK (current IN (0, 1)),  -- derived: nothing follows it
    time        TEXT NOT NULL
) STRICT;
CREATE INDEX transcript_name ON transcript (name, current);

CREATE TABLE turn (
    transcript INTEGER NOT NULL REFERENCES transcript (id),
    number     INTEGER NOT NULL,
    speaker    TEXT,
    role_read  TEXT CHECK (role_read IN ('interviewer', 'participant')),
    role       TEXT CHECK (role IN ('interviewer', 'participant')),    -- derived: role_read, or as corrected
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL CHECK ("end" >= start),
    seconds    REAL,
    PRIMARY KEY (transcript, number)
) STRICT, WITHOUT ROWID;

-- What is not a turn's words: labels, stamps, headers. With the turns it covers every character.
CREATE TABLE furniture (
    transcript INTEGER NOT NULL REFERENCES transcript (id),
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    PRIMARY KEY (transcript, start, "end")
) STRICT, WITHOUT ROWID;

-- The unit that is coded and compared. All turns are cut alike, so that correcting a role re-cuts nothing.
CREATE TABLE utterance (
    id         INTEGER PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcript (id),
    turn       INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL CHECK ("end" > start),
    wordy      INTEGER NOT NULL CHECK (wordy IN (0, 1)),      -- more than a backchannel
    codable    INTEGER NOT NULL CHECK (codable IN (0, 1)),    -- derived: wordy, not the interviewer's, current
    lot        INTEGER NOT NULL,         -- random place (0..999999) by hash: the same in every copy
    UNIQUE (transcript, start, "end"),
    FOREIGN KEY (transcript, turn) REFERENCES turn (transcript, number)
) STRICT;
CREATE INDEX utterance_codable ON utterance (transcript, codable);
CREATE INDEX utterance_lot ON utterance (lot) WHERE codable = 1;

-- Roles as people corrected them.
CREATE TABLE speaker_role (
    uid        TEXT PRIMARY KEY,
    transcript INTEGER NOT NULL REFERENCES transcript (id),
    speaker    TEXT NOT NULL,            -- '' for turns without a label
    role       TEXT NOT NULL CHECK (role IN ('interviewer', 'participant')),
    coder      INTEGER REFERENCES coder (id),
    time       TEXT NOT NULL
) STRICT;

-- Which participant a speaker is; one participant may speak in several transcripts.
CREATE TABLE speaks (
    uid         TEXT PRIMARY KEY,
    transcript  INTEGER NOT NULL REFERENCES transcript (id),
    speaker     TEXT NOT NULL,
    participant TEXT NOT NULL,
    time        TEXT NOT NULL
) STRICT;

-- Facts about a participant or a whole transcript; an attribute may hold several values.
CREATE TABLE attribute (
    uid     TEXT PRIMARY KEY,
    kind    TEXT NOT NULL CHECK (kind IN ('participant', 'transcript')),
    subject TEXT NOT NULL,               -- participant's name, or transcript's uid
    name    TEXT NOT NULL,
    content TEXT NOT NULL,               -- JSON list of values; [] takes the attribute away
    time    TEXT NOT NULL
) STRICT;
CREATE INDEX attribute_subject ON attribute (kind, subject, name, time);
