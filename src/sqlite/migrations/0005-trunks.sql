-- The trunks that Asterisk last named, so that they are protected before it has answered. `targets` is a JSON array.
CREATE TABLE trunks (
  endpoint TEXT PRIMARY KEY,
  targets TEXT NOT NULL CHECK (json_valid(targets))
) STRICT, WITHOUT ROWID;
