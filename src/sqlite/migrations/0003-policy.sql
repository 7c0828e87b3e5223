-- The one version of the whole policy; no row: nothing was ever changed, the defaults are in force.
CREATE TABLE policy_version (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL CHECK (version > 0)
) STRICT;

-- A setting that has no row has its default.
CREATE TABLE policy_settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

-- `types` NULL: every ordinary type. An area may have several rows ("ordinary" and "premium", for one).
CREATE TABLE open_areas (
  position INTEGER PRIMARY KEY,
  area TEXT NOT NULL,
  types TEXT CHECK (types IS NULL OR json_valid(types))
) STRICT;

-- What takes the place of a global rule. An own list of areas may be empty, an own cap may be NULL (no cap).
CREATE TABLE extension_rules (
  extension TEXT PRIMARY KEY,
  own_areas INTEGER NOT NULL CHECK (own_areas IN (0, 1)),
  own_cap INTEGER NOT NULL CHECK (own_cap IN (0, 1)),
  cap_micros_per_minute INTEGER CHECK (cap_micros_per_minute >= 0),
  CHECK (own_cap = 1 OR cap_micros_per_minute IS NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE extension_open_areas (
  extension TEXT NOT NULL REFERENCES extension_rules (extension) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  area TEXT NOT NULL,
  types TEXT CHECK (types IS NULL OR json_valid(types)),
  PRIMARY KEY (extension, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE never_ban (
  target TEXT PRIMARY KEY,
  note TEXT,
  added_at_ms INTEGER NOT NULL,
  added_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
