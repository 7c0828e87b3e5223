-- What pages are filtered by, so that a search in vain does not read a million rows.
CREATE INDEX calls_by_digits ON calls (digits);
CREATE INDEX bans_by_cause ON bans (cause);

-- Causes are counted from these alone.
DROP INDEX bans_by_start;
CREATE INDEX bans_by_start ON bans (from_ms, cause);
DROP INDEX blocks_by_start;
CREATE INDEX blocks_by_start ON blocks (from_ms, cause);

-- Known sources with a blocked account: few among many.
CREATE INDEX blocks_of_known ON blocks (id) WHERE standing = 'known' AND lifted_at_ms IS NULL;
