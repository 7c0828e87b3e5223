-- A deck is written under a new id as `loading`, a few thousand rows a transaction, and takes its name over in one small
-- transaction. The one before it stays as `previous`. Whatever is `loading` or `gone` when the import thread starts was
-- left by a process that died, and is cleared away.
CREATE TABLE decks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('loading', 'current', 'previous', 'gone')),
  rows INTEGER NOT NULL CHECK (rows >= 0),
  imported_at_ms INTEGER NOT NULL,
  imported_by TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX decks_current ON decks (name) WHERE state = 'current';
CREATE UNIQUE INDEX decks_previous ON decks (name) WHERE state = 'previous';

CREATE TABLE deck_rows (
  deck_id INTEGER NOT NULL REFERENCES decks (id),
  prefix TEXT NOT NULL,
  destination TEXT NOT NULL,
  micros_per_minute INTEGER NOT NULL CHECK (micros_per_minute >= 0),
  PRIMARY KEY (deck_id, prefix)
) STRICT, WITHOUT ROWID;
