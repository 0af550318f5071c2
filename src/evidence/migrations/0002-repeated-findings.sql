-- Exchanges in which the same was found as in an earlier one of the capture, at the same places: their findings are not written again.
CREATE TABLE repeated_findings (
  id INTEGER PRIMARY KEY REFERENCES exchanges, -- the exchange
  same_as INTEGER NOT NULL REFERENCES exchanges, -- the earlier one, whose findings stand in `findings`
  shift INTEGER NOT NULL -- what a finding's number is here above its number there
) STRICT;

-- Every finding, with those that are not written again.
CREATE VIEW all_findings AS
  SELECT id, exchange, shape, start, length, value, message, message_at FROM findings
  UNION ALL
  SELECT f.id + r.shift, r.id, f.shape, f.start, f.length, f.value, f.message, f.message_at
  FROM repeated_findings r JOIN findings f ON f.exchange = r.same_as;

CREATE INDEX repeated_findings_by_origin ON repeated_findings (same_as);
