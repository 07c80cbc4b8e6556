-- What a data folder keeps: one row for each thing that the server remembers, replaced whenever the thing changes.
-- `seq` is the order in which things were first kept, and is the order in which they are loaded again.
-- `body` is the record as JSON, as records.py has it; PRAGMA user_version says which version of all this is meant.

CREATE TABLE IF NOT EXISTS record (
    seq  INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key  TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
) STRICT;
