-- An extension's own list of prefixes, as JSON; NULL: the global list holds for it. Which rule decided about a call; NULL: logged
-- before there was such a column.
ALTER TABLE extension_rules ADD COLUMN prefix_rules TEXT CHECK (prefix_rules IS NULL OR json_valid(prefix_rules));
ALTER TABLE calls ADD COLUMN rule TEXT;

CREATE INDEX calls_by_endpoint ON calls (endpoint, at_ms);
CREATE INDEX calls_by_number ON calls (number);
