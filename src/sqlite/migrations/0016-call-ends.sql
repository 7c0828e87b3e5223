-- When the far side of a call that was let through answered, and by which channels (JSON): so that its end is known after a restart.
ALTER TABLE spend_calls ADD COLUMN answered_at_ms INTEGER;
ALTER TABLE spend_calls ADD COLUMN legs TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(legs));
