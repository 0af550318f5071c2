import { cpSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { addMarkTo } from '../../src/evidence/marks.ts';
import { SEALED_TABLE_NAMES, SEALED_TABLES } from '../../src/evidence/sealing.ts';
import { type VerifyOptions, verifyEvidence } from '../../src/evidence/verify.ts';
import { aCapture, aDetection, anExchange, START, temporaryFile } from './samples.ts';

/** A file with a row in every sealed table that capturing fills, over several seals. */
function writeSample(path: string): void {
  const writer = EvidenceWriter.open(path, { now: () => START });
  for (const name of ['night-1', 'night-2']) {
    const capture = writer.beginCapture(aCapture(name));
    const connection = writer.addConnection({
      capture,
      openedAt: START,
      phoneAddress: '192.0.2.20',
      phonePort: 51_000,
      via: 'http',
      device: null,
    });
    const large = writer.putBody(Buffer.alloc(600_000, `large ${name} `));
    for (let index = 0; index < 6; index++) {
      const requestBody = writer.putBody(Buffer.from(`{"n":${index},"in":"${name}"}`));
      const message = writer.putBody(Buffer.from(`message ${index}`));
      writer.addExchange(
        anExchange(capture, {
          connection,
          startedAt: START + index,
          requestBody,
          responseBody: large,
          findings: [aDetection(), aDetection({ dataType: 'oaid', value: '2e66865617a9bf39', offset: index })],
          messages: [{ at: START + index, direction: 'response', kind: 'text', body: message }],
          gaps: [{ kind: 'opaque-body', at: ['response', 'body'], bytesUnread: 7, detail: null }],
        }),
      );
      if (index % 2 === 1) writer.flush();
    }
    writer.addMark(capture, { kind: 'consent', at: START + 3, note: null });
    writer.closeConnection(connection, START + 9);
    writer.endCapture(capture, START + 10);
  }
  writer.close();
}

/** A copy of the sample, edited with SQL. */
function edited(...sql: readonly string[]): string {
  const path = temporaryFile();
  writeSample(path);
  const database = new Database(path).unsafeMode(true);
  database.pragma('foreign_keys = OFF');
  for (const statement of sql) expect(database.exec(statement)).toBe(database);
  database.close();
  return path;
}

const check = (path: string, options: Partial<VerifyOptions> = {}) =>
  verifyEvidence(path, { seal: null, keys: [], ...options });

describe('verifyEvidence', () => {
  it('finds nothing wrong in a file that nobody touched', () => {
    const path = temporaryFile();
    writeSample(path);
    addMarkTo(path, 'night-1', 'refused', START + 20, 'later, from elsewhere');
    const found = check(path);
    expect(found).toMatchObject({ broken: null, exchanges: 12, findings: 24, captures: 2, pruned: [] });
    expect(found.lastSeal).toMatch(/^[0-9a-f]{64}$/);
    expect(found.keys).toHaveLength(1);
    expect(check(path, { seal: found.lastSeal, keys: found.keys }).broken).toBeNull();
  });

  it.each([
    ['a changed host', "UPDATE hosts SET name = 'other.example' WHERE id = 1", 'hosts 1 was changed'],
    ['a changed path', "UPDATE paths SET path = '/other'", 'paths 1 was changed'],
    ['a changed query', "UPDATE exchanges SET query = '?v=2' WHERE id = 7", 'exchanges 7 was changed'],
    ['a moved time', 'UPDATE exchanges SET started_at = started_at + 1 WHERE id = 4', 'exchanges 4 was changed'],
    ['another recipient', "UPDATE recipients SET ident = 'getui'", 'recipients 1 was changed'],
    [
      'a changed data type',
      "UPDATE finding_shapes SET data_type = 'mac_address' WHERE id = 2",
      'finding_shapes 2 was changed',
    ],
    ['a changed value', "UPDATE found_values SET value = '000000000000000' WHERE id = 1", 'found_values 1 was changed'],
    ['a moved finding', 'UPDATE findings SET exchange = 2 WHERE id = 1', 'findings 1 was changed'],
    ['a removed finding', 'DELETE FROM findings WHERE id = 5', 'findings 5 is missing'],
    ['the last finding of a batch removed', 'DELETE FROM findings WHERE id = 4', 'findings 4 is missing'],
    [
      'a removed exchange with all it has',
      'DELETE FROM findings WHERE exchange = 3; DELETE FROM messages WHERE exchange = 3; DELETE FROM gaps WHERE exchange = 3; DELETE FROM exchanges WHERE id = 3',
      'exchanges 3 is missing',
    ],
    ['a removed gap', 'DELETE FROM gaps WHERE id = 2', 'gaps 2 is missing'],
    [
      'an exchange put in at the end',
      'INSERT INTO exchanges SELECT 99, capture, connection, started_at, ended_at, method, scheme, host, port, path, query, status, server, recipient, request_body, response_body, finding_count, error, head_pack, head_start, head_size FROM exchanges WHERE id = 1',
      'exchanges 99 is covered by no seal',
    ],
    [
      'a finding put in at the beginning',
      'INSERT INTO findings SELECT -1, exchange, shape, start, length, value, message, message_at FROM findings WHERE id = 1',
      'findings -1 is covered by no seal',
    ],
    [
      'two exchanges that changed places',
      'UPDATE exchanges SET id = 98 WHERE id = 1; UPDATE exchanges SET id = 1 WHERE id = 2; UPDATE exchanges SET id = 2 WHERE id = 98',
      'exchanges 1 was changed',
    ],
    [
      'changed bytes of a pack',
      "UPDATE packs SET data = CAST(x'00' || substr(data, 2) AS BLOB) WHERE id = 1",
      'packs 1 was changed',
    ],
    ['a pack that says another size', 'UPDATE packs SET size = size + 1 WHERE id = 2', 'packs 2 was changed'],
    ['a removed pack', 'DELETE FROM packs WHERE id = 1', 'packs 1 is missing'],
    ['a removed body', 'DELETE FROM bodies WHERE id = 2', 'bodies 2 is missing'],
    ['a body of another hash', 'UPDATE bodies SET sha256 = zeroblob(32) WHERE id = 3', 'bodies 3 was changed'],
    [
      'a body put in',
      'INSERT INTO bodies VALUES (999, zeroblob(32), 0, NULL, NULL, NULL, NULL)',
      'bodies 999 is covered by no seal',
    ],
    [
      'a changed segment of a large body',
      'UPDATE segments SET data = zeroblob(10) WHERE id = 1048577',
      'bodies 1 was changed',
    ],
    ['a removed segment', 'DELETE FROM segments WHERE id = 1048578', 'bodies 1 was changed'],
    ['a segment put behind', "INSERT INTO segments VALUES (1048600, 'raw', 1, x'00')", 'bodies 1 was changed'],
    ['a moved mark', 'UPDATE marks SET at = at - 1000 WHERE id = 1', 'marks 1 was changed'],
    ['a mark of another kind', "UPDATE marks SET kind = 'refused' WHERE id = 2", 'marks 2 was changed'],
    ['a removed mark', 'DELETE FROM marks WHERE id = 1', 'marks 1 is missing'],
    ['a mark put in', "INSERT INTO marks VALUES (3, 1, 'consent', 0, NULL)", 'marks 3 is covered by no seal'],
    ['a renamed capture', "UPDATE captures SET name = 'night-3' WHERE id = 2", 'captures 2 was changed'],
    [
      'a capture that ended later',
      'UPDATE capture_ends SET ended_at = ended_at + 5 WHERE id = 1',
      'capture_ends 1 was changed',
    ],
    ['a removed seal', 'DELETE FROM seals WHERE id = 4', 'seal 4 is missing'],
    ['a changed seal', 'UPDATE seals SET at = at + 1 WHERE id = 5', 'seal 5 was changed'],
    [
      'checks that were changed to hide a row',
      'UPDATE seals SET checks = zeroblob(length(checks)) WHERE id = 3',
      'seal 3 was changed',
    ],
    [
      'a signature of nothing',
      'UPDATE seals SET signature = zeroblob(64) WHERE id = 3',
      'seal 3: the signature does not hold',
    ],
    [
      'two seals that changed places',
      'UPDATE seals SET id = 98 WHERE id = 3; UPDATE seals SET id = 3 WHERE id = 4; UPDATE seals SET id = 4 WHERE id = 98',
      'seal 3 was changed',
    ],
    ['another key', 'UPDATE keys SET public_key = zeroblob(32)', 'keys 1 was changed'],
    ['a tally that was changed', 'UPDATE tallies SET findings = 0', 'tally of capture 1'],
    [
      'a trigger',
      'CREATE TRIGGER quiet AFTER INSERT ON findings BEGIN DELETE FROM findings; END',
      'the schema was changed: trigger quiet',
    ],
    ['a dropped index', 'DROP INDEX exchanges_by_host', 'exchanges_by_host is missing'],
    [
      'an index that hides a finding',
      `DROP INDEX findings_by_exchange;
       CREATE INDEX findings_by_exchange ON findings (CASE WHEN id = 2 THEN 9999 ELSE exchange END);
       PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = 'CREATE INDEX findings_by_exchange ON findings (exchange)' WHERE name = 'findings_by_exchange';`,
      'row 2 missing from index findings_by_exchange',
    ],
    ['a dropped table', 'DROP TABLE reseals; DROP TABLE prunes', 'the schema was changed'],
    ['a column of another name', 'ALTER TABLE exchanges RENAME COLUMN host TO h', 'the schema was changed'],
    [
      'a view in a table’s place',
      'ALTER TABLE tallies RENAME TO t; CREATE VIEW tallies AS SELECT * FROM t',
      'the schema was changed',
    ],
  ])('finds %s', (_, sql, broken) => {
    expect(check(edited(sql)).broken).toContain(broken);
  });

  it('finds a cut tail when it knows the last seal', () => {
    const path = temporaryFile();
    writeSample(path);
    const { lastSeal, seals } = check(path);
    const database = new Database(path);
    database.pragma('foreign_keys = OFF');
    const upto = database
      .prepare('SELECT upto FROM seals WHERE id = ?')
      .pluck()
      .get(seals - 4) as string;
    database.prepare('DELETE FROM seals WHERE id > ?').run(seals - 4);
    (JSON.parse(upto) as number[]).forEach((highest, index) => {
      database.prepare(`DELETE FROM ${SEALED_TABLE_NAMES[index]} WHERE id > ?`).run(highest);
    });
    database.prepare(`DELETE FROM tallies`).run();
    database
      .prepare(`
      INSERT INTO tallies SELECT e.capture, e.host, e.recipient, coalesce(e.server, 0), count(*), sum(e.finding_count), sum(q.size), sum(r.size),
      min(e.started_at), max(e.started_at) FROM exchanges e JOIN bodies q ON q.id = e.request_body JOIN bodies r ON r.id = e.response_body GROUP BY 1, 2, 3, 4`)
      .run();
    database.prepare('DELETE FROM finding_tallies').run();
    database
      .prepare(`
      INSERT INTO finding_tallies SELECT e.capture, e.recipient, s.data_type, count(*) FROM findings f
      JOIN exchanges e ON e.id = f.exchange JOIN finding_shapes s ON s.id = f.shape GROUP BY 1, 2, 3`)
      .run();
    database.close();
    expect(check(path).broken).toBeNull();
    expect(check(path, { seal: lastSeal }).broken).toContain(`seal ${lastSeal} is not in the chain`);
  });

  it('does not take another key for the one expected', () => {
    const path = temporaryFile();
    writeSample(path);
    const second = EvidenceWriter.open(path, { keyPath: `${path}.other-key` });
    second.beginCapture(aCapture('forged'));
    second.close();
    expect(check(path).broken).toMatch(/signed by key [0-9a-f]{16}, which is not among those expected/);
    const database = new Database(path, { readonly: true });
    expect(database.prepare('SELECT count(*) FROM keys').pluck().get()).toBe(2);
    database.close();
  });

  it('finds any change of any cell', () => {
    const path = temporaryFile();
    writeSample(path);
    const source = new Database(path, { readonly: true });
    const cells = SEALED_TABLE_NAMES.flatMap((table) =>
      (source.prepare(`SELECT id FROM ${table}`).pluck().all() as number[]).flatMap((id) =>
        SEALED_TABLES[table].slice(1).map((column) => ({ table, id, column })),
      ),
    );
    source.close();
    expect(cells.length).toBeGreaterThan(500);
    const copy = `${path}.copy`;
    fc.assert(
      fc.property(fc.constantFrom(...cells), ({ table, id, column }) => {
        cpSync(path, copy);
        const database = new Database(copy);
        database.pragma('foreign_keys = OFF');
        database.pragma('ignore_check_constraints = ON');
        const current = database.prepare(`SELECT ${column} FROM ${table} WHERE id = ?`).pluck().get(id);
        const changed =
          typeof current === 'number'
            ? current + 1_000_003 // a neighbour's number would break a UNIQUE constraint before anything was changed
            : Buffer.isBuffer(current)
              ? Buffer.concat([current, Buffer.of(0)])
              : typeof current === 'string'
                ? `${current} `
                : null;
        if (changed === null) return;
        database.prepare(`UPDATE ${table} SET ${column} = ? WHERE id = ?`).run(changed, id);
        database.close();
        expect(check(copy).broken).not.toBeNull();
      }),
      { numRuns: 150 },
    );
  });

  it('holds for whatever is written, in whatever order', () => {
    const step = fc.constantFrom('exchange', 'body', 'large', 'gap', 'mark', 'flush', 'capture', 'reopen', 'outside');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.string({ unit: 'binary' }), (steps, text) => {
        const path = temporaryFile();
        let writer = EvidenceWriter.open(path);
        let capture = writer.beginCapture(aCapture('a'));
        steps.forEach((one, index) => {
          const bytes = Buffer.from(text.repeat(index));
          if (one === 'exchange')
            writer.addExchange(
              anExchange(capture, {
                requestBody: writer.putBody(bytes),
                error: text,
                findings: [aDetection({ field: text, value: text, offset: index })],
              }),
            );
          if (one === 'body') writer.putBody(bytes);
          if (one === 'large') writer.putBody(Buffer.alloc(300_000, index));
          if (one === 'gap')
            writer.addGap({
              capture,
              connection: null,
              exchange: null,
              at: START + index + 0.5,
              host: text,
              port: null,
              recipient: null,
              gap: { kind: 'tunnel', at: [text], bytesUnread: null, detail: text },
              facts: { text },
            });
          if (one === 'mark') writer.addMark(capture, { kind: 'note', at: START + index + 0.25, note: text });
          if (one === 'outside') addMarkTo(path, null, 'note', START + index, text);
          if (one === 'flush') writer.flush();
          if (one === 'capture') capture = writer.beginCapture(aCapture(text));
          if (one === 'reopen') {
            writer.close();
            writer = EvidenceWriter.open(path);
          }
        });
        writer.close();
        expect(check(path).broken).toBeNull();
      }),
      { numRuns: 40 },
    );
  });
});
