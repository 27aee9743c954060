-- Step 12: whether a transcript's turns are answers that people wrote (a survey's) or talk. Suggestions read what a
-- written answer's question asks for. Of studies made before it is not known; their transcripts count as talk.

ALTER TABLE transcript ADD COLUMN written INTEGER NOT NULL DEFAULT 0 CHECK (written IN (0, 1));
