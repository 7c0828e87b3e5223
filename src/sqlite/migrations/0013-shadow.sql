-- The shadow policy: settings that differ from those in force, by name as people write them, and its run. `from_ms` NULL: it never
-- ran; `to_ms` NULL while it runs.
CREATE TABLE shadow_run (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  changes TEXT NOT NULL CHECK (json_valid(changes)),
  from_ms INTEGER,
  to_ms INTEGER,
  CHECK (to_ms IS NULL OR to_ms >= from_ms)
) STRICT;

-- What it would have done in this run. `account` NULL: a ban; else a block of that account there.
CREATE TABLE shadow_decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target TEXT NOT NULL,
  account TEXT,
  at_ms INTEGER NOT NULL,
  until_ms INTEGER,
  cause TEXT NOT NULL,
  trigger TEXT NOT NULL,
  standing TEXT NOT NULL,
  proof TEXT NOT NULL,
  rung INTEGER NOT NULL CHECK (rung >= 0),
  attempts INTEGER NOT NULL,
  accounts TEXT NOT NULL CHECK (json_valid(accounts)),
  summary TEXT NOT NULL
) STRICT;

CREATE INDEX shadow_decisions_by_time ON shadow_decisions (at_ms);
