-- How it was worked out who pays; NULL in rows from before, and where nobody asked.
ALTER TABLE calls ADD COLUMN payer TEXT CHECK (payer IN ('endpoint', 'transfer', 'forward', 'unknown'));
