-- How the carrier bills, beside the price that a call was judged by. NULL: logged before this was known, or no rate.
ALTER TABLE calls ADD COLUMN rate_connection_micros INTEGER CHECK (rate_connection_micros >= 0);
ALTER TABLE calls ADD COLUMN rate_minimum_seconds INTEGER CHECK (rate_minimum_seconds >= 0);
ALTER TABLE calls ADD COLUMN rate_increment_seconds INTEGER CHECK (rate_increment_seconds > 0);

-- The entries of deck_pages may be longer from here on: [prefix, micro-dollars a minute or null where the carrier takes no calls,
-- destination, connection fee in micro-dollars, minimum and increment in seconds, in force from, in force until (Unix milliseconds
-- or null)]. What is left out is unknown: whole minutes, no fee, always. In order of prefix, then of `from`.
