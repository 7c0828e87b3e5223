-- Times are Unix milliseconds, money is micro-dollars, everywhere.

-- Who changed what. Rows are only ever added, in the transaction of the change itself.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  subject TEXT NOT NULL,
  change TEXT NOT NULL,
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after))
) STRICT;

-- `latest` marks the newest ban of a target. A ban in force is always the latest one, so that the unique index below
-- keeps two of them from being in force for the same target.
CREATE TABLE bans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target TEXT NOT NULL,
  latest INTEGER NOT NULL CHECK (latest IN (0, 1)),
  cause TEXT NOT NULL,
  trigger TEXT NOT NULL,
  standing TEXT NOT NULL,
  proof TEXT NOT NULL,
  scope TEXT NOT NULL,
  rung INTEGER NOT NULL CHECK (rung >= 0),
  from_ms INTEGER NOT NULL,
  until_ms INTEGER CHECK (until_ms >= from_ms),
  lifted_at_ms INTEGER,
  lifted_by TEXT,
  note TEXT,
  by TEXT NOT NULL,
  evidence TEXT NOT NULL CHECK (json_valid(evidence)),
  CHECK ((lifted_at_ms IS NULL) = (lifted_by IS NULL)),
  CHECK (latest = 1 OR lifted_at_ms IS NOT NULL OR until_ms IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX bans_latest ON bans (target) WHERE latest = 1;
CREATE INDEX bans_of_target ON bans (target, id);
CREATE INDEX bans_by_end ON bans (until_ms) WHERE lifted_at_ms IS NULL;

-- Sources from which a password succeeded, for each account.
CREATE TABLE known_sources (
  source TEXT NOT NULL,
  account TEXT NOT NULL,
  first_at_ms INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL CHECK (last_at_ms >= first_at_ms),
  successes INTEGER NOT NULL CHECK (successes > 0),
  PRIMARY KEY (source, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX known_sources_by_last ON known_sources (last_at_ms);
CREATE INDEX known_sources_by_account ON known_sources (account);
