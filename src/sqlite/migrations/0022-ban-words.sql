-- What bans are searched for, so that a search in vain does not read all evidence that there ever was. Newest first is the order of
-- the index, and what pages are filtered by is in it too.
ALTER TABLE bans ADD COLUMN words TEXT GENERATED ALWAYS AS (
  lower(target || ' ' || coalesce(note, '') || ' ' || coalesce(json_extract(evidence, '$.accounts'), '') || ' ' ||
    coalesce(json_extract(evidence, '$.userAgents'), ''))
) VIRTUAL;
CREATE INDEX bans_words ON bans (id, words, cause, standing, from_ms);
