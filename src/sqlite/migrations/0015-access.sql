-- Who may sign in to the web UI. Passwords as Argon2id; the secret of a second factor has to be readable.
CREATE TABLE users (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  password_hash TEXT NOT NULL,
  temporary INTEGER NOT NULL CHECK (temporary IN (0, 1)),
  totp_secret TEXT,
  totp_pending TEXT,
  totp_step INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  signed_in_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- `id` is the SHA-256 of what the browser holds.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
  source TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  seen_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_user ON sessions (user);

-- From where people have signed in: while others guess at their names they still get in from there.
CREATE TABLE sign_ins (
  user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
  source TEXT NOT NULL,
  last_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user, source)
) STRICT, WITHOUT ROWID;

-- What programs prove themselves by; `fingerprint` is the token's SHA-256.
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'operate', 'admin')),
  created_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at_ms INTEGER,
  used_at_ms INTEGER
) STRICT;
