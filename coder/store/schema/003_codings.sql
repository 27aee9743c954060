-- Step 3: what people decided. An act is one gesture; its decisions stand or fall together.

CREATE TABLE act (
    id      INTEGER PRIMARY KEY,
    uid     TEXT NOT NULL UNIQUE,
    coder   INTEGER NOT NULL REFERENCES coder (id),   -- who did it
    voice   INTEGER NOT NULL REFERENCES coder (id),   -- whose coding it shapes: the coder's own, or the adjudicated
    kind    TEXT NOT NULL CHECK (kind IN ('decide', 'adjudicate', 'import', 'carry', 'undo', 'redo')),
    target  INTEGER REFERENCES act (id),              -- undo, redo: of which act
    mode    TEXT NOT NULL CHECK (mode IN ('blind', 'commit_first', 'assisted', 'imported', 'adjudication')),
    drawn   TEXT NOT NULL DEFAULT '',                 -- the queue that brought the coder here
    seconds REAL,                                     -- from seeing to deciding
    note    TEXT NOT NULL DEFAULT '',
    time    TEXT NOT NULL,
    CHECK ((kind IN ('undo', 'redo')) = (target IS NOT NULL))
) STRICT;
CREATE INDEX act_coder ON act (coder, time);
CREATE INDEX act_time ON act (time);
CREATE INDEX act_target ON act (target) WHERE target IS NOT NULL;

CREATE TABLE decision (
    act        INTEGER NOT NULL REFERENCES act (id),
    number     INTEGER NOT NULL,
    utterance  INTEGER NOT NULL REFERENCES utterance (id),
    verdict    TEXT NOT NULL CHECK (verdict IN (
                   'accept', 'change', 'reject', 'add', 'withdraw', 'nothing', 'skip', 'flag', 'unflag')),
    code       TEXT,
    instead_of TEXT,                     -- change: the code that this one replaces
    polarity   TEXT,
    start      INTEGER,                  -- the passage that the code covers; several utterances of one passage
    "end"      INTEGER,                  -- have one row each with the same passage
    suggestion INTEGER REFERENCES suggestion (id),    -- the suggestion in view
    seen       INTEGER NOT NULL CHECK (seen IN (0, 1)),   -- the coder had seen a suggestion or another's coding here
    codebook   INTEGER NOT NULL REFERENCES codebook (id),
    memo       TEXT NOT NULL DEFAULT '',
    cites      TEXT NOT NULL DEFAULT '[]',    -- adjudication: JSON list of the acts (uid) that were weighed
    PRIMARY KEY (act, number),
    CHECK ((verdict IN ('accept', 'change', 'add')) = (start IS NOT NULL)),
    CHECK (verdict NOT IN ('accept', 'change', 'reject', 'add') OR code IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_utterance ON decision (utterance, act);
CREATE INDEX decision_suggestion ON decision (suggestion) WHERE suggestion IS NOT NULL;

-- Who has seen what the machine (or another coder) said about an utterance: such units are no longer blind.
CREATE TABLE exposure (
    utterance INTEGER NOT NULL REFERENCES utterance (id),
    coder     INTEGER NOT NULL REFERENCES coder (id),
    kind      TEXT NOT NULL CHECK (kind IN ('suggestion', 'coder')),
    time      TEXT NOT NULL,
    PRIMARY KEY (utterance, coder, kind)
) STRICT, WITHOUT ROWID;

-- Notes on an utterance, a transcript, a code or the study. A new row replaces; an empty text takes away.
CREATE TABLE memo (
    uid        TEXT PRIMARY KEY,
    thread     TEXT NOT NULL,            -- uid of the first row of this memo
    kind       TEXT NOT NULL CHECK (kind IN ('utterance', 'transcript', 'code', 'study')),
    transcript INTEGER REFERENCES transcript (id),
    utterance  INTEGER REFERENCES utterance (id),
    code       TEXT,
    coder      INTEGER NOT NULL REFERENCES coder (id),
    content    TEXT NOT NULL,
    time       TEXT NOT NULL
) STRICT;
CREATE INDEX memo_thread ON memo (thread, time);
CREATE INDEX memo_utterance ON memo (utterance) WHERE utterance IS NOT NULL;

-- Derived: acts that are undone at present.
CREATE TABLE undone (act INTEGER PRIMARY KEY REFERENCES act (id)) STRICT;

-- Derived: where each coder stands with each utterance touched.
CREATE TABLE unit (
    voice      INTEGER NOT NULL REFERENCES coder (id),
    utterance  INTEGER NOT NULL REFERENCES utterance (id),
    transcript INTEGER NOT NULL REFERENCES transcript (id),
    codable    INTEGER NOT NULL CHECK (codable IN (0, 1)),   -- as the utterance's; only these are counted
    state      TEXT NOT NULL CHECK (state IN ('open', 'coded', 'nothing', 'rejected', 'skipped')),
    flagged    INTEGER NOT NULL CHECK (flagged IN (0, 1)),
    seen       INTEGER NOT NULL CHECK (seen IN (0, 1)),
    held       TEXT NOT NULL,            -- the standing codes with polarity, in order: equal views are equal texts
    last_act   TEXT NOT NULL,            -- uid of the newest act that touched it: tells a stale page
    time       TEXT NOT NULL,
    PRIMARY KEY (voice, utterance)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_progress ON unit (codable, voice, transcript, state);
CREATE INDEX unit_utterance ON unit (utterance, voice, state, codable, held);

-- Derived: the standing codes, and (rejected = 1) the codes that stand refused.
CREATE TABLE standing (
    voice      INTEGER NOT NULL REFERENCES coder (id),
    utterance  INTEGER NOT NULL REFERENCES utterance (id),
    code       TEXT NOT NULL,
    rejected   INTEGER NOT NULL CHECK (rejected IN (0, 1)),
    polarity   TEXT,
    start      INTEGER,
    "end"      INTEGER,
    act        INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (voice, utterance, code),
    FOREIGN KEY (act, number) REFERENCES decision (act, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_utterance ON standing (utterance);
CREATE INDEX standing_code ON standing (code, voice, rejected);

-- Derived: what became of each suggestion that somebody answered.
CREATE TABLE answer (
    voice      INTEGER NOT NULL REFERENCES coder (id),
    utterance  INTEGER NOT NULL REFERENCES utterance (id),
    suggestion INTEGER NOT NULL REFERENCES suggestion (id),
    code       TEXT NOT NULL,
    verdict    TEXT NOT NULL CHECK (verdict IN ('accept', 'change', 'reject')),
    time       TEXT NOT NULL,
    PRIMARY KEY (voice, utterance, suggestion)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_code ON answer (code, time, verdict);

-- The standing codings for readers with any SQLite tool.
CREATE VIEW coding AS
SELECT t.name AS transcript, u.turn, s.start, s."end", substr(t.text, s.start + 1, s."end" - s.start) AS text,
       c.name AS coder, s.code, s.polarity, d.verdict, d.memo, d.seen = 0 AS blind, a.time
FROM standing s
JOIN coder c ON c.id = s.voice
JOIN utterance u ON u.id = s.utterance
JOIN transcript t ON t.id = u.transcript
JOIN decision d ON d.act = s.act AND d.number = s.number
JOIN act a ON a.id = s.act
WHERE s.rejected = 0;

-- What people did cannot be changed or taken out, whoever asks.
CREATE TRIGGER act_stays BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'acts are never deleted'); END;
CREATE TRIGGER act_fixed BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'acts are never changed'); END;
CREATE TRIGGER decision_stays BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are never deleted'); END;
CREATE TRIGGER decision_fixed BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER memo_stays BEFORE DELETE ON memo BEGIN SELECT RAISE(ABORT, 'memos are never deleted'); END;
CREATE TRIGGER memo_fixed BEFORE UPDATE ON memo BEGIN SELECT RAISE(ABORT, 'memos are never changed'); END;
CREATE TRIGGER suggestion_stays BEFORE DELETE ON suggestion
    BEGIN SELECT RAISE(ABORT, 'suggestions are never deleted'); END;
CREATE TRIGGER suggestion_fixed BEFORE UPDATE ON suggestion
    BEGIN SELECT RAISE(ABORT, 'suggestions are never changed'); END;
CREATE TRIGGER text_stays BEFORE DELETE ON transcript BEGIN SELECT RAISE(ABORT, 'transcripts are never deleted'); END;
CREATE TRIGGER text_fixed BEFORE UPDATE OF text, uid, text_hash ON transcript
    BEGIN SELECT RAISE(ABORT, 'the text of a transcript never changes'); END;
CREATE TRIGGER codebook_stays BEFORE DELETE ON codebook BEGIN SELECT RAISE(ABORT, 'codebooks are never deleted'); END;
CREATE TRIGGER codebook_fixed BEFORE UPDATE ON codebook BEGIN SELECT RAISE(ABORT, 'codebooks are never changed'); END;
