-- One row a decision. `cap_extension` NULL beside a cap: the global one. `took_us` is microseconds.
CREATE TABLE calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  channel_id TEXT NOT NULL,
  digits TEXT NOT NULL,
  endpoint TEXT,
  trunk TEXT,
  decision TEXT NOT NULL CHECK (decision IN ('allow', 'refuse')),
  reason TEXT NOT NULL,
  number TEXT,
  area TEXT,
  number_type TEXT,
  rate_deck TEXT,
  rate_prefix TEXT,
  rate_destination TEXT,
  rate_micros_per_minute INTEGER,
  cap_micros_per_minute INTEGER,
  cap_extension TEXT,
  detail TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  took_us INTEGER NOT NULL CHECK (took_us >= 0),
  UNIQUE (channel_id, digits)
) STRICT;

CREATE INDEX calls_by_time ON calls (at_ms);
CREATE INDEX calls_by_decision ON calls (decision, at_ms);
