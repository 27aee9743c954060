-- Step 10: the view of codings for other SQLite tools leaves out earlier versions of transcripts, whose codings were
-- carried over to the later ones, and transcripts that were removed.

DROP VIEW coding;
CREATE VIEW coding AS
SELECT t.name AS transcript, u.turn, s.start, s."end", substr(t.text, s.start + 1, s."end" - s.start) AS text,
       c.name AS coder, s.code, s.polarity, d.verdict, d.memo, d.seen = 0 AS blind, a.time
FROM standing s
JOIN coder c ON c.id = s.owner
JOIN utterance u ON u.id = s.utterance
JOIN transcript t ON t.id = u.transcript
JOIN decision d ON d.act = s.act AND d.number = s.number
JOIN act a ON a.id = s.act
WHERE s.rejected = 0 AND t.current = 1;
