-- Step 2: models and what they suggested. Nothing here ever counts as coding.

-- A version of the model; its files (plain data) are in model_file. The shipped model has none: `base` names it.
CREATE TABLE model (
    id       INTEGER PRIMARY KEY,
    uid      TEXT NOT NULL UNIQUE,
    label    TEXT NOT NULL,              -- 'starter', 'v1-3fa8': unique also after joining copies
    base     TEXT NOT NULL,              -- what it was trained from, or the name of a shipped model
    card     TEXT NOT NULL,              -- JSON
    codebook TEXT NOT NULL,              -- hash of the codebook it was made for
    coder    INTEGER REFERENCES coder (id),
    time     TEXT NOT NULL
) STRICT;

CREATE TABLE model_file (
    model INTEGER NOT NULL REFERENCES model (id),
    name  TEXT NOT NULL,
    hash  TEXT NOT NULL REFERENCES blob (hash),
    PRIMARY KEY (model, name)
) STRICT, WITHOUT ROWID;

-- Contents of model files; versions share those that did not change (the encoder's above all).
CREATE TABLE blob (
    hash    TEXT PRIMARY KEY,            -- SHA-256
    content BLOB NOT NULL
) STRICT;

-- Which transcripts a model learned from, and on which it was tested.
CREATE TABLE trained_on (
    model      INTEGER NOT NULL REFERENCES model (id),
    transcript INTEGER NOT NULL REFERENCES transcript (id),
    part       TEXT NOT NULL CHECK (part IN ('train', 'test')),
    PRIMARY KEY (model, transcript)
) STRICT, WITHOUT ROWID;

-- The model in use is that of the newest activation; going back is one more row.
CREATE TABLE activation (
    uid    TEXT PRIMARY KEY,
    model  INTEGER NOT NULL REFERENCES model (id),
    reason TEXT NOT NULL,
    forced INTEGER NOT NULL CHECK (forced IN (0, 1)),
    coder  INTEGER REFERENCES coder (id),
    time   TEXT NOT NULL
) STRICT;

-- Transcripts kept for testing: never trained on, for as long as the study lives.
CREATE TABLE held_out (
    transcript INTEGER PRIMARY KEY REFERENCES transcript (id),
    time       TEXT NOT NULL
) STRICT;

-- The trial of a new model against the one in use, whatever came of it.
CREATE TABLE comparison (
    uid      TEXT PRIMARY KEY,
    model    INTEGER NOT NULL REFERENCES model (id),
    against  INTEGER NOT NULL REFERENCES model (id),
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    content  TEXT NOT NULL,              -- JSON: figures per code with intervals, codes gained and lost, flips
    time     TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    id       INTEGER PRIMARY KEY,
    uid      TEXT NOT NULL UNIQUE,
    model    INTEGER NOT NULL REFERENCES model (id),
    codebook INTEGER NOT NULL REFERENCES codebook (id),
    time     TEXT NOT NULL
) STRICT;

-- One row for each utterance that a run looked at, also where it suggests nothing.
CREATE TABLE proposal (
    run         INTEGER NOT NULL REFERENCES run (id),
    utterance   INTEGER NOT NULL REFERENCES utterance (id),
    codable     REAL NOT NULL,           -- probability that there is something to code
    uncertainty REAL NOT NULL,           -- 0 sure .. 1 torn
    PRIMARY KEY (run, utterance)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_utterance ON proposal (utterance, run);

-- Best codes first; `selected` ones passed the model's threshold and are shown, the others are runners-up.
CREATE TABLE suggestion (
    id             INTEGER PRIMARY KEY,
    run            INTEGER NOT NULL REFERENCES run (id),
    utterance      INTEGER NOT NULL REFERENCES utterance (id),
    rank           INTEGER NOT NULL CHECK (rank >= 1),
    code           TEXT NOT NULL,
    polarity       TEXT,
    score          REAL NOT NULL,        -- calibrated probability
    polarity_score REAL,
    selected       INTEGER NOT NULL CHECK (selected IN (0, 1)),
    evidence       TEXT NOT NULL DEFAULT '',
    UNIQUE (run, utterance, rank)
) STRICT;

-- Derived: the newest run that looked at each utterance. `open`: no person has decided on it yet.
CREATE TABLE outlook (
    utterance   INTEGER PRIMARY KEY REFERENCES utterance (id),
    run         INTEGER NOT NULL REFERENCES run (id),
    codable     REAL NOT NULL,
    uncertainty REAL NOT NULL,
    top_code    TEXT,                    -- best selected code; NULL where nothing is suggested
    top_score   REAL,
    open        INTEGER NOT NULL CHECK (open IN (0, 1))
) STRICT;
CREATE INDEX outlook_waiting ON outlook (top_code, top_score) WHERE open = 1 AND top_code IS NOT NULL;
CREATE INDEX outlook_open ON outlook (utterance) WHERE open = 1;
CREATE INDEX outlook_uncertain ON outlook (uncertainty);
