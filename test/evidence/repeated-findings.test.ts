import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { exportBundle, importBundle } from '../../src/evidence/bundle.ts';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { pruneEvidence } from '../../src/evidence/prune.ts';
import { fingerprint } from '../../src/evidence/signing-key.ts';
import { verifyEvidence } from '../../src/evidence/verify.ts';
import type { Detection } from '../../src/model/finding.ts';
import { aCapture, aDetection, anExchange, START, temporaryFile } from './samples.ts';

const IMEI = aDetection();
const OAID = aDetection({ dataType: 'oaid', value: '2e66865617a9bf39', offset: 200, length: 16 });
const MOVED = aDetection({ dataType: 'oaid', value: '2e66865617a9bf39', offset: 201, length: 16 });
const SAID = aDetection({ place: 'websocket', message: 0 });

/** What is found in the exchanges of each capture; the third, fifth and sixth repeat earlier ones. */
const FOUND: readonly (readonly Detection[])[] = [
  [IMEI, OAID],
  [],
  [IMEI, OAID],
  [IMEI, MOVED],
  [IMEI, MOVED],
  [IMEI, OAID],
  [SAID],
  [SAID],
];

function writeSample(path: string, names: readonly string[] = ['night-1', 'night-2']): void {
  const writer = EvidenceWriter.open(path, { now: () => START });
  for (const name of names) {
    const capture = writer.beginCapture(aCapture(name));
    for (const [index, findings] of FOUND.entries()) {
      const body = writer.putBody(Buffer.from(`${name} ${index}`));
      const messages = findings.includes(SAID)
        ? [{ at: START + index, direction: 'request', kind: 'text', body } as const]
        : [];
      writer.addExchange(anExchange(capture, { startedAt: START + index, requestBody: body, findings, messages }));
      if (index === 4) writer.flush();
    }
  }
  writer.close();
}

/** Exchange, type, offset, number of each finding. */
function findingsIn(path: string, filter: string | null = null, sort: string | null = null) {
  const reader = EvidenceReader.open(path);
  const found = [...reader.findings({ capture: null, filter, sort, limit: null })];
  reader.close();
  return found.map(({ finding: { exchange, dataType, offset, id } }) => [exchange, dataType, offset, id]);
}

/** All that should be found, with numbers from 1 on. */
const EXPECTED = [...FOUND, ...FOUND]
  .flatMap((found, at) => found.map(({ dataType, offset }) => [at + 1, dataType, offset]))
  .map((finding, at) => [...finding, at + 1]);

function query(path: string, sql: string): unknown[] {
  const database = new Database(path, { readonly: true });
  const rows = database.prepare(sql).raw().all();
  database.close();
  return rows;
}

describe('findings that an earlier exchange of the capture has as well', () => {
  it('are written once, and read as those of each exchange', () => {
    const path = temporaryFile();
    writeSample(path);
    expect(query(path, 'SELECT id, same_as FROM repeated_findings ORDER BY id')).toEqual([
      [3, 1],
      [5, 4],
      [6, 1],
      [11, 9],
      [13, 12],
      [14, 9],
    ]);
    expect(query(path, 'SELECT count(*) FROM findings')).toEqual([[12]]);
    expect(findingsIn(path)).toEqual(EXPECTED);
    expect(query(path, 'SELECT id, exchange FROM all_findings ORDER BY id')).toEqual(
      EXPECTED.map(([exchange, , , id]) => [id, exchange]),
    );
    expect(verifyEvidence(path, { seal: null, keys: [] })).toMatchObject({ broken: null, findings: EXPECTED.length });
  });

  it.each([
    ['type=oaid', null],
    ['not type=oaid', null],
    ['type=oaid', '-time'],
    ['value="2e66865617a9bf39" and capture=night-2', 'time'],
    ['id>=9 and id<12', null],
    ['type=imei or place=websocket', '-id'],
    ['field~idmd5', 'type'],
  ])('are selected by %s, sorted by %s', (filter, sort) => {
    const path = temporaryFile();
    writeSample(path);
    const fits = (capture: number, [exchange, type, , id]: (typeof EXPECTED)[number]): boolean => {
      const message = (FOUND[((exchange as number) - 1) % FOUND.length] as readonly Detection[]).includes(SAID);
      switch (filter) {
        case 'type=oaid':
          return type === 'oaid';
        case 'not type=oaid':
          return type !== 'oaid';
        case 'id>=9 and id<12':
          return (id as number) >= 9 && (id as number) < 12;
        case 'type=imei or place=websocket':
          return type === 'imei' || message;
        case 'field~idmd5':
          return true;
        default:
          return type === 'oaid' && capture === 2;
      }
    };
    const expected = EXPECTED.filter((finding) => fits((finding[0] as number) > FOUND.length ? 2 : 1, finding));
    const found = findingsIn(path, filter, sort);
    const byNumber = (one: readonly unknown[], other: readonly unknown[]) => (one[3] as number) - (other[3] as number);
    expect([...found].sort(byNumber)).toEqual(expected);
    if (sort === null) expect(found).toEqual(expected);
    if (sort === '-id') expect(found).toEqual([...expected].reverse());
  });

  it('lead to their exchanges: by type, by number, and summed up', () => {
    const path = temporaryFile();
    writeSample(path);
    const reader = EvidenceReader.open(path);
    const exchanges = [...reader.exchanges({ capture: 'night-2', filter: 'type=oaid', limit: null })].map(
      ({ id }) => id,
    );
    expect(exchanges).toEqual([9, 11, 12, 13, 14]);
    for (const [exchange, dataType, offset, id] of EXPECTED)
      expect(reader.finding(id as number)?.finding).toMatchObject({ id, exchange, dataType, offset });
    for (const id of [0, EXPECTED.length + 1]) expect(reader.finding(id)).toBeNull();
    const [all] = reader.recipients({ capture: null, limit: null });
    const [filtered] = reader.recipients({ capture: null, filter: 'status=200', limit: null });
    expect(filtered?.dataTypes).toEqual(all?.dataTypes);
    expect(all?.dataTypes).toEqual({ imei: 14, oaid: 10 });
    for (const name of ['night-1', 'night-2']) {
      const { findings } = reader.captureEvidence(name);
      const own = EXPECTED.filter(([exchange]) => (exchange as number) > 8 === (name === 'night-2'));
      expect(findings.map(({ exchange, dataType, offset, id }) => [exchange, dataType, offset, id])).toEqual(own);
    }
    reader.close();
  });

  it.each([
    [
      'a repetition of another exchange',
      'UPDATE repeated_findings SET same_as = 4 WHERE id = 3',
      'repeated_findings 3 was changed',
    ],
    ['other numbers', 'UPDATE repeated_findings SET shift = shift + 1 WHERE id = 6', 'repeated_findings 6 was changed'],
    ['one taken away', 'DELETE FROM repeated_findings WHERE id = 5', 'repeated_findings 5 is missing'],
    ['the last one taken away', 'DELETE FROM repeated_findings WHERE id = 14', 'repeated_findings 14 is missing'],
    ['one put in', 'INSERT INTO repeated_findings VALUES (99, 1, 0)', 'repeated_findings 99 is covered by no seal'],
    ['a finding behind repetitions taken away', 'DELETE FROM findings WHERE id = 11', 'findings 11 is missing'],
    ['a message behind repetitions taken away', 'DELETE FROM messages WHERE exchange = 7', 'messages 1 is missing'],
    ['a finding that others repeat taken away', 'DELETE FROM findings WHERE id = 2', 'findings 2 is missing'],
  ])('are covered by the seals: %s is noticed', (_, sql, broken) => {
    const path = temporaryFile();
    writeSample(path);
    const database = new Database(path);
    database.pragma('foreign_keys = OFF');
    database.exec(sql);
    database.close();
    expect(verifyEvidence(path, { seal: null, keys: [] }).broken).toContain(broken);
  });

  it('stay with their capture when others are pruned, and in a bundle', () => {
    const path = temporaryFile();
    writeSample(path);
    const own = EXPECTED.filter(([exchange]) => (exchange as number) > FOUND.length);
    const bundle = `${path}.telltale`;
    exportBundle(path, 'night-2', bundle, START, { secret: null });
    expect(findingsIn(bundle)).toEqual(own);
    pruneEvidence(path, { captures: ['night-1'], olderThan: null, reason: 'test', now: START, secret: null });
    expect(findingsIn(path)).toEqual(own);
    expect(verifyEvidence(path, { seal: null, keys: [] }).broken).toBeNull();
    const other = temporaryFile();
    importBundle(bundle, other, {});
    expect(findingsIn(other)).toEqual(EXPECTED.slice(0, own.length));
  });

  it('are not taken from a batch that was given up', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    const capture = writer.beginCapture(aCapture('night-1'));
    writer.addExchange(anExchange(capture, { findings: [IMEI] }));
    writer.giveUpBatch(START);
    writer.addExchange(anExchange(capture, { findings: [IMEI] }));
    writer.addExchange(anExchange(capture, { findings: [IMEI] }));
    writer.close();
    expect(findingsIn(path)).toHaveLength(2);
    expect(verifyEvidence(path, { seal: null, keys: [] }).broken).toBeNull();
  });
});

describe('an evidence file of schema 1', () => {
  /** Two captures of four exchanges, written by telltale before it left repeated findings out. */
  function olderFile(): string {
    const path = temporaryFile();
    writeFileSync(path, gunzipSync(readFileSync(resolve(import.meta.dirname, '../fixtures/evidence-1.db.gz'))));
    return path;
  }
  const version = (path: string) => query(path, 'PRAGMA user_version')[0];

  it('is verified as it is, brought up when it is read, and holds as before', () => {
    const path = olderFile();
    const before = verifyEvidence(path, { seal: null, keys: [] });
    expect(before).toMatchObject({ broken: null, exchanges: 8, findings: 12, captures: 2 });
    expect(version(path)).toEqual([1]);
    expect(findingsIn(path, 'capture=night-2').map(([exchange, type]) => [exchange, type])).toEqual([
      [5, 'imei'],
      [5, 'oaid'],
      [7, 'imei'],
      [7, 'oaid'],
      [8, 'imei'],
      [8, 'oaid'],
    ]);
    expect(version(path)).toEqual([3]);
    expect(verifyEvidence(path, { seal: before.lastSeal, keys: before.keys })).toEqual(before);
  });

  it('takes further captures', () => {
    const path = olderFile();
    const before = verifyEvidence(path, { seal: null, keys: [] });
    writeSample(path, ['night-3']);
    const keys = [
      ...before.keys,
      ...(query(path, 'SELECT public_key FROM keys') as [Buffer][]).map(([key]) => fingerprint(key)),
    ];
    expect(verifyEvidence(path, { seal: before.lastSeal, keys })).toMatchObject({
      broken: null,
      exchanges: 16,
      findings: 24,
    });
    expect(findingsIn(path, 'capture=night-3')).toEqual(
      EXPECTED.slice(0, 12).map(([exchange, type, offset, id]) => [
        (exchange as number) + 8,
        type,
        offset,
        (id as number) + 12,
      ]),
    );
  });

  it('shows what was changed in it', () => {
    const path = olderFile();
    const database = new Database(path);
    database.exec('DELETE FROM findings WHERE id = 4');
    database.close();
    expect(verifyEvidence(path, { seal: null, keys: [] }).broken).toContain('findings 4 is missing');
  });
});
