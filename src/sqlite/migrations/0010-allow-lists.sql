-- An extension's own list, in the place of the global one; NULL: it has none.
ALTER TABLE extension_rules ADD COLUMN allow_list TEXT CHECK (allow_list IS NULL OR json_valid(allow_list));

-- The list before the last change, for `undo`. `extension` empty: the global one. `list` NULL: the extension had none of its own.
CREATE TABLE allow_lists_before (
  extension TEXT PRIMARY KEY,
  list TEXT CHECK (list IS NULL OR json_valid(list))
) STRICT, WITHOUT ROWID;

-- Where Asterisk saw the password of each registered phone come from; `session` is the Call-ID of its registration.
CREATE TABLE registrations (
  account TEXT NOT NULL,
  session TEXT NOT NULL,
  address TEXT NOT NULL,
  first_at_ms INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL,
  PRIMARY KEY (account, session)
) STRICT, WITHOUT ROWID;
