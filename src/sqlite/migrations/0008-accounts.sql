-- The accounts that Asterisk listed, those that are gone among them: a device that still tries one is no stranger's.
CREATE TABLE accounts (
  name TEXT PRIMARY KEY,
  first_at_ms INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL CHECK (last_at_ms >= first_at_ms)
) STRICT, WITHOUT ROWID;
