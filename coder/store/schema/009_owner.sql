-- Step 9: whose coding it is, a coder's own or the adjudicated, is called its owner. The steps before said `voice`.

ALTER TABLE act RENAME COLUMN voice TO owner;
ALTER TABLE unit RENAME COLUMN voice TO owner;
ALTER TABLE standing RENAME COLUMN voice TO owner;
ALTER TABLE answer RENAME COLUMN voice TO owner;
