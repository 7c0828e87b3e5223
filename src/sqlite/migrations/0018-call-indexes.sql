-- The call log is filtered by each of these and read newest first.
CREATE INDEX calls_by_area ON calls (area, at_ms);
CREATE INDEX calls_by_reason ON calls (reason, at_ms);
CREATE INDEX calls_by_trunk ON calls (trunk, at_ms);
