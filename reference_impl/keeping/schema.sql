-- What a data folder keeps: one row for each thing that the server remembers, replaced whenever the thing changes.
-- `seq` is the order in which things were first kept, and is the order in which they are loaded again.
-- `body` is the record as JSON, as records.py has it; PRAGMA user_version says which version of all this is meant.
-- The other columns are there on a job that is over and NULL on all else: what such a job is found by, which is not loaded
-- at a start. `listed` is its queue's ARN, or its parent's id.

CREATE TABLE IF NOT EXISTS record (
    seq      INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    body     TEXT NOT NULL,
    ended_ms INTEGER,
    ordinal  INTEGER,
    listed   TEXT,
    status   TEXT,
    UNIQUE (kind, key)
) STRICT;

CREATE INDEX IF NOT EXISTS by_end ON record (ended_ms);
CREATE INDEX IF NOT EXISTS by_list ON record (listed, status, ordinal) WHERE ended_ms IS NOT NULL;
