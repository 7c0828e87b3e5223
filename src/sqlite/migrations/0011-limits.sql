-- Limits that an extension has of its own, as JSON; NULL: none.
ALTER TABLE extension_rules ADD COLUMN limits TEXT CHECK (limits IS NULL OR json_valid(limits));

-- Calls that were let through. `micros`: what is reserved while a call runs (`ended_at_ms` NULL), then what it cost. `extension`
-- is empty where the payer can't be told. `rate`: the deck's answer as JSON; NULL: none.
CREATE TABLE spend_calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id TEXT NOT NULL,
  extension TEXT NOT NULL,
  number TEXT NOT NULL,
  international INTEGER NOT NULL CHECK (international IN (0, 1)),
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  micros INTEGER NOT NULL CHECK (micros >= 0),
  longest_seconds INTEGER CHECK (longest_seconds > 0),
  rate TEXT CHECK (rate IS NULL OR json_valid(rate))
) STRICT;

CREATE UNIQUE INDEX spend_calls_running ON spend_calls (channel_id) WHERE ended_at_ms IS NULL;
CREATE INDEX spend_calls_by_start ON spend_calls (started_at_ms);

CREATE TABLE called_countries (
  extension TEXT NOT NULL,
  area TEXT NOT NULL,
  first_at_ms INTEGER NOT NULL,
  PRIMARY KEY (extension, area)
) STRICT, WITHOUT ROWID;

-- Where extensions have called from.
CREATE TABLE call_sources (
  extension TEXT NOT NULL,
  source TEXT NOT NULL,
  first_at_ms INTEGER NOT NULL,
  PRIMARY KEY (extension, source)
) STRICT, WITHOUT ROWID;

-- Sources whose calls are refused for a while.
CREATE TABLE source_pauses (
  source TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The highest share of a spend limit, in per cent, that was told. `extension` is empty for the system.
CREATE TABLE spend_warnings (
  scope TEXT NOT NULL CHECK (scope IN ('system', 'extension')),
  extension TEXT NOT NULL,
  percent INTEGER NOT NULL,
  PRIMARY KEY (scope, extension)
) STRICT, WITHOUT ROWID;
