-- Hashes come in no order: in one index over all bodies each new one changes a page of its own, of a large file nearly every page with
-- every batch. Bodies of 65,536 numbers in a row share a part of this one, so that new ones change only its end.
DROP INDEX bodies_by_hash;
CREATE INDEX bodies_by_hash ON bodies (id >> 16, substr(sha256, 1, 8));
