-- A deck is written under a new id as `loading`, a page a transaction, and takes its name over in one small transaction. The one
-- before it stays as `previous`. What is `loading` when the import thread starts was left by a process that died; that and
-- what is `gone` is cleared away.
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

-- Rows by the thousand, as a JSON list of [prefix, micro-dollars a minute, destination] in prefix order: a deck is always read and
-- written whole, and a million table rows would keep the write lock for seconds.
CREATE TABLE deck_pages (
  deck_id INTEGER NOT NULL REFERENCES decks (id),
  page INTEGER NOT NULL,
  rows TEXT NOT NULL CHECK (json_valid(rows)),
  PRIMARY KEY (deck_id, page)
) STRICT;
