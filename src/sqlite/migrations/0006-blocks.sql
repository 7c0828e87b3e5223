-- The IPv4 /24 or IPv6 /48 around a banned source, to find its banned neighbours by. NULL for networks, and in rows of earlier releases.
ALTER TABLE bans ADD COLUMN network TEXT;
CREATE INDEX bans_of_network ON bans (network, from_ms) WHERE network IS NOT NULL;
CREATE INDEX bans_by_start ON bans (from_ms);

-- One account shut to one source. `latest` marks the newest block of a pair, as in `bans`.
CREATE TABLE blocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  source TEXT NOT NULL,
  latest INTEGER NOT NULL CHECK (latest IN (0, 1)),
  cause TEXT NOT NULL,
  trigger TEXT NOT NULL,
  standing TEXT NOT NULL,
  proof TEXT NOT NULL,
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

CREATE UNIQUE INDEX blocks_latest ON blocks (account, source) WHERE latest = 1;
CREATE INDEX blocks_of_account ON blocks (account, source, id);
CREATE INDEX blocks_of_source ON blocks (source, id);
CREATE INDEX blocks_by_end ON blocks (until_ms) WHERE lifted_at_ms IS NULL;

-- One account shut to all but its known sources. `sources`: how many tried it.
CREATE TABLE locks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  latest INTEGER NOT NULL CHECK (latest IN (0, 1)),
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL CHECK (until_ms >= from_ms),
  lifted_at_ms INTEGER,
  lifted_by TEXT,
  by TEXT NOT NULL,
  sources INTEGER NOT NULL CHECK (sources >= 0),
  CHECK ((lifted_at_ms IS NULL) = (lifted_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX locks_latest ON locks (account) WHERE latest = 1;
CREATE INDEX locks_by_end ON locks (until_ms) WHERE lifted_at_ms IS NULL;

-- Networks that hold several banned sources, for a person to say whether they are to be shut out whole. `sources` is a JSON
-- array of their addresses. `decision` NULL: nobody has said yet.
CREATE TABLE proposals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  network TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  sources TEXT NOT NULL CHECK (json_valid(sources)),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  decision TEXT CHECK (decision IN ('accepted', 'dismissed')),
  decided_at_ms INTEGER,
  decided_by TEXT,
  CHECK ((decision IS NULL) = (decided_at_ms IS NULL) AND (decision IS NULL) = (decided_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX proposals_open ON proposals (network) WHERE decision IS NULL;
CREATE INDEX proposals_of_network ON proposals (network, id);
