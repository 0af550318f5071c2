import type { Connection } from './database.ts';

/** Views for `telltale sql`, which exist only while it runs: the tables with the names in place of the numbers. */
const VIEWS = `
  CREATE TEMP VIEW exchange_list AS
    SELECT e.id, c.name AS capture, e.started_at, e.ended_at, e.method, e.scheme, h.name AS host, e.port,
      shown(p.path) AS path, shown(e.query) AS query, e.status, r.kind AS party, r.ident AS recipient, e.error,
      q.size AS request_bytes, s.size AS response_bytes, e.finding_count
    FROM exchanges e JOIN captures c ON c.id = e.capture JOIN hosts h ON h.id = e.host JOIN paths p ON p.id = e.path
      JOIN recipients r ON r.id = e.recipient LEFT JOIN bodies q ON q.id = e.request_body LEFT JOIN bodies s ON s.id = e.response_body;
  CREATE TEMP VIEW finding_list AS
    SELECT f.id, f.exchange, c.name AS capture, coalesce(f.message_at, e.started_at) AS observed_at, r.kind AS party,
      r.ident AS recipient, h.name AS host, s.data_type, s.direction, s.place, shown(s.field) AS field,
      shown(s.decode_chain) AS decode_chain, f.start, f.length, s.transform, s.match, f.message
    FROM all_findings f JOIN exchanges e ON e.id = f.exchange JOIN captures c ON c.id = e.capture JOIN hosts h ON h.id = e.host
      JOIN recipients r ON r.id = e.recipient JOIN finding_shapes s ON s.id = f.shape;
  CREATE TEMP VIEW gap_list AS
    SELECT g.id, c.name AS capture, g.exchange, g.at, g.kind, h.name AS host, g.port, r.kind AS party, r.ident AS recipient,
      g.place, g.bytes_unread, g.detail
    FROM gaps g JOIN captures c ON c.id = g.capture LEFT JOIN hosts h ON h.id = g.host LEFT JOIN recipients r ON r.id = g.recipient;`;

export function defineViews(database: Connection): void {
  database.exec(VIEWS);
}
