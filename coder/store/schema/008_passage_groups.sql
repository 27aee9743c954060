-- Step 8: how people group the passages of a code (sub-themes that are not in the codebook, or not yet).

-- One row for each change of the groups of one code and polarity. Undoing is one more row.
CREATE TABLE group_change (
    uid      TEXT PRIMARY KEY,
    code     TEXT NOT NULL,
    polarity TEXT,                       -- NULL: codings without polarity
    what     TEXT NOT NULL,              -- in a sentence
    reverses TEXT,                       -- uid of the change that this one takes back
    coder    INTEGER NOT NULL REFERENCES coder (id),
    time     TEXT NOT NULL
) STRICT;
CREATE TRIGGER group_change_stays BEFORE DELETE ON group_change
    BEGIN SELECT RAISE(ABORT, 'changes of groups are never deleted'); END;
CREATE TRIGGER group_change_fixed BEFORE UPDATE ON group_change
    BEGIN SELECT RAISE(ABORT, 'changes of groups are never changed'); END;

-- All groups of the code and polarity after the change: the group of each coded utterance, '' for none.
CREATE TABLE group_member (
    change    TEXT NOT NULL REFERENCES group_change (uid),
    utterance INTEGER NOT NULL REFERENCES utterance (id),
    name      TEXT NOT NULL,
    proposed  INTEGER NOT NULL CHECK (proposed IN (0, 1)),  -- 1: still as the program proposed it
    PRIMARY KEY (change, utterance)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER group_member_stays BEFORE DELETE ON group_member
    BEGIN SELECT RAISE(ABORT, 'changes of groups are never deleted'); END;
CREATE TRIGGER group_member_fixed BEFORE UPDATE ON group_member
    BEGIN SELECT RAISE(ABORT, 'changes of groups are never changed'); END;
