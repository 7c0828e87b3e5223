-- PINs of the portal, as Argon2id hashes.
CREATE TABLE portal_pins (
  extension TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  set_at_ms INTEGER NOT NULL,
  set_by TEXT NOT NULL,
  used_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- Who let themselves in again; only those of the last day are kept.
CREATE TABLE portal_lifts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  extension TEXT NOT NULL,
  source TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX portal_lifts_by_time ON portal_lifts (at_ms);
