-- Step 7: what a file says of its turns and the reader doubts; studies made before know neither until a file is
-- imported again.

-- What a turn answers where the file says so apart from the talk: the heading of a survey's column.
ALTER TABLE turn ADD COLUMN question TEXT;

-- JSON list: those of `notes` that a person should look at.
ALTER TABLE transcript ADD COLUMN doubts TEXT NOT NULL DEFAULT '[]';
