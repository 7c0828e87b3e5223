-- Whom to tell what, and the passwords for that: this file is for its owner alone.
CREATE TABLE notification_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  secrets TEXT NOT NULL CHECK (json_valid(secrets))
) STRICT;

-- What is collected of each key since its last message.
CREATE TABLE notification_windows (
  key TEXT PRIMARY KEY,
  window TEXT NOT NULL CHECK (json_valid(window))
) STRICT, WITHOUT ROWID;

-- Messages that are not delivered yet.
CREATE TABLE notification_outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  message_id TEXT NOT NULL,
  message TEXT NOT NULL CHECK (json_valid(message)),
  at_ms INTEGER NOT NULL,
  UNIQUE (channel, message_id)
) STRICT;

-- How the last delivery of each channel went.
CREATE TABLE notification_results (
  channel TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  ok INTEGER NOT NULL CHECK (ok IN (0, 1)),
  detail TEXT NOT NULL,
  last_ok_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- What is told once in a while, and when that was.
CREATE TABLE notification_told (
  key TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
