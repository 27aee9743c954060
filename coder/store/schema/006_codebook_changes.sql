-- Step 6: codes that were merged, split, moved or retired together with their codings.

-- One row each: the codebook before and after, and the acts (JSON list of uid) that recoded. Undoing is one more row.
CREATE TABLE codebook_change (
    uid      TEXT PRIMARY KEY,
    kind     TEXT NOT NULL,
    what     TEXT NOT NULL,              -- in a sentence
    before   INTEGER NOT NULL REFERENCES codebook (id),
    after    INTEGER NOT NULL REFERENCES codebook (id),
    acts     TEXT NOT NULL,
    reverses TEXT,                       -- uid of the change that this one takes back
    coder    INTEGER NOT NULL REFERENCES coder (id),
    time     TEXT NOT NULL
) STRICT;
