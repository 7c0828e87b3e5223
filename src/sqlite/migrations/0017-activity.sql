-- What happened, counted by the hour (`hour_ms` is its beginning), for the charts: rows of another table would have to be read by the
-- million. `refused_micros`: what one minute of each refused call would have cost.
CREATE TABLE activity (
  hour_ms INTEGER NOT NULL CHECK (hour_ms % 3600000 = 0),
  kind TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (hour_ms, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX blocks_by_start ON blocks (from_ms);

-- Known sources that were shut out: few among a million.
CREATE INDEX bans_of_known ON bans (id) WHERE standing = 'known';
