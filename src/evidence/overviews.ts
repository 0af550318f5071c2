import type { Contact } from '../model/evidence.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Connection } from './database.ts';
import type { Condition } from './filter-sql.ts';
import { FINDINGS } from './row-reading.ts';

/** One host and who is behind it, summed up. */
export interface HostOverview {
  readonly host: string;
  readonly recipient: Recipient;
  readonly exchanges: number;
  readonly findings: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** One recipient, summed up. */
export interface RecipientOverview extends Omit<HostOverview, 'host'> {
  readonly hosts: number;
  /** Data type → findings. */
  readonly dataTypes: Readonly<Record<string, number>>;
}

/** Whom a capture's exchanges were with, in the order in which they were first met. */
export function contactsOf(database: Connection, capture: number): readonly Contact[] {
  const rows = database
    .prepare(`
      SELECT r.kind, r.ident AS id, r.name, h.name AS host, s.name AS serverAddress, t.exchanges, t.first_at AS firstAt
      FROM tallies t JOIN recipients r ON r.id = t.recipient JOIN hosts h ON h.id = t.host LEFT JOIN hosts s ON s.id = t.server
      WHERE t.capture = ? ORDER BY t.first_at, t.recipient, t.host, t.server`)
    .all(capture) as (Omit<Contact, 'recipient'> & Recipient)[];
  return rows.map(({ kind, id, name, ...contact }) => ({ ...contact, recipient: { kind, id, name } }));
}

/** Tallies of all exchanges, or sums over those that a condition names. */
function sums(condition: Condition): Condition {
  if (condition.sql === '1') return { sql: 'SELECT * FROM tallies', parameters: [] };
  if (/^e\.capture = \?$/.test(condition.sql))
    return { sql: 'SELECT * FROM tallies WHERE capture = ?', parameters: condition.parameters };
  return {
    sql: `
      SELECT e.capture, e.host, e.recipient, count(*) AS exchanges, sum(e.finding_count) AS findings,
        sum((SELECT size FROM bodies WHERE id = e.request_body)) AS request_bytes,
        sum((SELECT size FROM bodies WHERE id = e.response_body)) AS response_bytes,
        min(e.started_at) AS first_at, max(e.started_at) AS last_at
      FROM exchanges e WHERE ${condition.sql} GROUP BY 1, 2, 3`,
    parameters: condition.parameters,
  };
}

const TOTALS = `sum(t.exchanges) AS exchanges, sum(t.findings) AS findings, coalesce(sum(t.request_bytes), 0) AS requestBytes,
  coalesce(sum(t.response_bytes), 0) AS responseBytes, min(t.first_at) AS firstAt, max(t.last_at) AS lastAt`;

/** @param condition over exchanges `e`. Most exchanges first. */
export function hostOverviews(database: Connection, condition: Condition): readonly HostOverview[] {
  const { sql, parameters } = sums(condition);
  const rows = database
    .prepare(`
      SELECT h.name AS host, r.kind, r.ident, r.name, ${TOTALS}
      FROM (${sql}) t JOIN hosts h ON h.id = t.host JOIN recipients r ON r.id = t.recipient
      GROUP BY h.name, r.kind, r.ident, r.name ORDER BY exchanges DESC, host, r.ident`)
    .all(...parameters) as (Omit<HostOverview, 'recipient'> & { kind: string; ident: string; name: string })[];
  return rows.map(({ host, kind, ident, name, ...totals }) => ({
    host,
    recipient: { kind, id: ident, name } as Recipient,
    ...totals,
  }));
}

/** @param condition over exchanges `e`. Most exchanges first. */
export function recipientOverviews(database: Connection, condition: Condition): readonly RecipientOverview[] {
  const { sql, parameters } = sums(condition);
  const rows = database
    .prepare(`
      SELECT r.kind, r.ident, r.name, count(DISTINCT t.host) AS hosts, ${TOTALS}
      FROM (${sql}) t JOIN recipients r ON r.id = t.recipient
      GROUP BY r.kind, r.ident, r.name ORDER BY exchanges DESC, r.ident`)
    .all(...parameters) as (Omit<RecipientOverview, 'recipient' | 'dataTypes'> & {
    kind: string;
    ident: string;
    name: string;
  })[];
  const types = dataTypes(database, condition);
  return rows.map(({ kind, ident, name, ...totals }) => ({
    recipient: { kind, id: ident, name } as Recipient,
    ...totals,
    dataTypes: types.get(`${kind} ${ident} ${name}`) ?? {},
  }));
}

function dataTypes(database: Connection, condition: Condition): ReadonlyMap<string, Record<string, number>> {
  const tallied = condition.sql === '1' || /^e\.capture = \?$/.test(condition.sql);
  const from = tallied
    ? `SELECT recipient, data_type, findings FROM finding_tallies e WHERE ${condition.sql}`
    : `SELECT e.recipient, s.data_type, count(*) AS findings FROM ${FINDINGS}
       JOIN finding_shapes s ON s.id = f.shape WHERE ${condition.sql} GROUP BY 1, 2`;
  const rows = database
    .prepare(`
      SELECT r.kind || ' ' || r.ident || ' ' || r.name, t.data_type, sum(t.findings)
      FROM (${from}) t JOIN recipients r ON r.id = t.recipient GROUP BY 1, 2 ORDER BY 1, 2`)
    .raw()
    .all(...condition.parameters) as [string, string, number][];
  const found = new Map<string, Record<string, number>>();
  for (const [recipient, dataType, count] of rows) {
    const types = found.get(recipient) ?? {};
    types[dataType] = count;
    found.set(recipient, types);
  }
  return found;
}
