-- How long, from its answer on, what is reserved pays for a running call: it is topped up. NULL: for any length.
ALTER TABLE spend_calls ADD COLUMN paid_seconds INTEGER CHECK (paid_seconds >= 0);
