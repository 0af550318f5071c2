import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { addMarkTo } from '../../src/evidence/marks.ts';
import { pruneEvidence } from '../../src/evidence/prune.ts';
import { verifyEvidence } from '../../src/evidence/verify.ts';
import { aCapture, aDetection, anExchange, START, temporaryFile, temporaryFolder } from './samples.ts';

const check = (path: string) => verifyEvidence(path, { seal: null, keys: [] });

describe('an evidence file that is full', () => {
  it('keeps what was sealed, says so, takes more when there is room, and records what was given up', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path, { maxBytes: 1_000_000 });
    const capture = writer.beginCapture(aCapture('a'));
    let stored = 0;
    const add = () => {
      writer.addExchange(anExchange(capture, { requestBody: writer.putBody(randomBytes(20_000)) }));
      writer.flush();
      stored += 1;
    };
    expect(() => {
      for (let index = 0; index < 200; index++) add();
    }).toThrow(expect.objectContaining({ code: 'evidence-full' }));
    expect(stored).toBeGreaterThan(20);
    expect(() => writer.flush()).toThrow(expect.objectContaining({ code: 'evidence-full' }));
    const reader = EvidenceReader.open(path);
    expect([...reader.exchanges({ capture: 'a', limit: null })]).toHaveLength(stored);
    reader.close();
    expect(writer.giveUpBatch(START + 5_000)).toBe(1);
    // A body that was put before, and is gone now.
    const ref = { sha256: 'ab'.repeat(32), size: 5 };
    writer.addExchange(anExchange(capture, { requestBody: ref }));
    writer.flush();
    writer.close();
    const later = EvidenceReader.open(path);
    const { gaps } = later.captureEvidence('a');
    const exchanges = [...later.exchanges({ capture: 'a', limit: null })];
    expect(exchanges).toHaveLength(stored + 1);
    expect(gaps).toMatchObject([{ gap: { kind: 'not-stored', detail: '1 exchanges' }, facts: { exchanges: 1 } }]);
    later.close();
    expect(check(path).broken).toBeNull();
    expect(statSync(path).size).toBeLessThanOrEqual(1_000_000);
  });

  it('sums up what it gave up until it can be written, gaps of connections too', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path, { busyMs: 1 });
    const capture = writer.beginCapture(aCapture('a'));
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const refused = { gap: { kind: 'tls-rejected', at: [], bytesUnread: null, detail: null }, facts: {} } as const;
    const nowhere = { connection: null, exchange: null, host: 'a.example', port: 443, recipient: null };
    for (let round = 1; round <= 3; round++) {
      writer.addExchange(anExchange(capture));
      writer.addGap({ capture, at: START, ...nowhere, ...refused });
      expect(() => writer.flush()).toThrow(expect.objectContaining({ code: 'evidence-locked' }));
      expect(writer.giveUpBatch(START)).toBe(1);
    }
    other.exec('ROLLBACK');
    other.close();
    writer.addExchange(anExchange(capture));
    writer.flush();
    writer.addExchange(anExchange(capture));
    writer.close();
    const reader = EvidenceReader.open(path);
    const { gaps } = reader.captureEvidence('a');
    expect(gaps.map(({ gap, facts }) => [gap.kind, gap.detail, facts])).toEqual([
      ['not-stored', '3 exchanges, 3 gaps of connections', { exchanges: 3, gaps: 3 }],
    ]);
    expect([...reader.exchanges({ capture: 'a', limit: null })]).toHaveLength(2);
    reader.close();
    expect(check(path).broken).toBeNull();
  });

  it('is let go of when it is closed, and says that something was not written', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path, { maxBytes: 500_000 });
    const capture = writer.beginCapture(aCapture('a'));
    writer.addExchange(anExchange(capture, { requestBody: writer.putBody(randomBytes(200_000)) }));
    writer.putBody(randomBytes(200_000));
    writer.putBody(randomBytes(200_000));
    expect(() => writer.flush()).toThrow(expect.objectContaining({ code: 'evidence-full' }));
    expect(() => writer.close()).toThrow(expect.objectContaining({ code: 'evidence-full' }));
    EvidenceWriter.open(path).close();
    expect(check(path).broken).toBeNull();
  });
});

describe('an evidence file that another program holds', () => {
  it('is waited for, and the rows are not lost', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path, { busyMs: 50 });
    const capture = writer.beginCapture(aCapture('a'));
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    writer.addExchange(anExchange(capture));
    expect(() => writer.flush()).toThrow(expect.objectContaining({ code: 'evidence-locked' }));
    other.exec('ROLLBACK');
    other.close();
    writer.close();
    const reader = EvidenceReader.open(path);
    expect([...reader.exchanges({ capture: 'a', limit: null })]).toHaveLength(1);
    reader.close();
  });
});

describe('an evidence file under another name', () => {
  it('is known by where it lies, through links to it and to its folder', () => {
    const path = temporaryFile();
    const [link, folder] = [`${path}.link`, join(temporaryFolder(), 'link')];
    const writer = EvidenceWriter.open(path);
    symlinkSync(path, link);
    symlinkSync(dirname(path), folder);
    for (const other of [link, join(folder, basename(path))])
      expect(() => EvidenceWriter.open(other)).toThrow(expect.objectContaining({ code: 'evidence-locked' }));
    writer.close();
    EvidenceWriter.open(link).close();
    expect(check(path).broken).toBeNull();
  });

  it('is refused when it has a second name of its own, which SQLite would keep a log of its own for', () => {
    const path = temporaryFile();
    EvidenceWriter.open(path).close();
    linkSync(path, `${path}.hard`);
    const refusal = expect.objectContaining({ code: 'file-unwritable', message: expect.stringContaining('hard link') });
    for (const name of [path, `${path}.hard`]) expect(() => EvidenceWriter.open(name)).toThrow(refusal);
  });
});

describe('an evidence file whose tables are not what its version says', () => {
  it.each([
    ['a renamed column', 'ALTER TABLE exchanges RENAME COLUMN host TO h', 'exchanges.host'],
    ['a missing table', 'DROP TABLE marks', 'marks.id'],
  ])('is refused for %s, in one line that names it', (_, sql, missing) => {
    const path = temporaryFile();
    EvidenceWriter.open(path).close();
    const database = new Database(path);
    database.exec(sql);
    database.close();
    const refusal = expect.objectContaining({ code: 'evidence-schema', message: expect.stringContaining(missing) });
    for (const open of [() => EvidenceWriter.open(path), () => EvidenceReader.open(path)])
      expect(open).toThrow(refusal);
  });

  it('is read when something was only added', () => {
    const path = temporaryFile();
    EvidenceWriter.open(path).close();
    const database = new Database(path);
    database.exec('CREATE TABLE notes (x); DROP INDEX exchanges_by_host');
    database.close();
    EvidenceReader.open(path).close();
  });
});

describe('an evidence file that was marked read-only', () => {
  it('is read, and neither written nor given back its right to be written', () => {
    const path = temporaryFile();
    EvidenceWriter.open(path).close();
    chmodSync(path, 0o400);
    EvidenceReader.open(path).close();
    expect(() => EvidenceWriter.open(path)).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
    expect(statSync(path).mode & 0o777).toBe(0o400);
  });
});

describe('a folder that cannot be written', () => {
  it.skipIf(process.getuid?.() === 0)('is not read from when newer rows are in a log that needs writing', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    writer.beginCapture(aCapture('a'));
    writer.flush();
    const folder = temporaryFolder();
    for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${folder}/a.db${end}`);
    writer.close();
    chmodSync(folder, 0o500);
    const refusal = expect.objectContaining({ message: expect.stringContaining('-wal') });
    expect(() => EvidenceReader.open(`${folder}/a.db`)).toThrow(refusal);
  });

  it.skipIf(process.getuid?.() === 0)('is named in one line', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(() => EvidenceWriter.open(`${folder}/a.db`)).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
  });

  it('is named when a folder has the file’s name', () => {
    const folder = temporaryFolder();
    mkdirSync(`${folder}/a.db`);
    expect(() => EvidenceWriter.open(`${folder}/a.db`)).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
  });

  it('does not take a key that is no key', () => {
    const folder = temporaryFolder();
    writeFileSync(`${folder}/evidence.key`, 'hello');
    expect(() => EvidenceWriter.open(`${folder}/a.db`)).toThrow(expect.objectContaining({ code: 'evidence-key' }));
  });
});

describe('an encrypted evidence file', () => {
  const secret = { passphrase: 'correct horse' };

  function encrypted(): string {
    const path = temporaryFile();
    for (const name of ['one', 'two']) {
      const writer = EvidenceWriter.open(path, { secret });
      const capture = writer.beginCapture(aCapture(name));
      const { request } = anExchange(capture);
      for (const size of [30, 500_000])
        writer.addExchange(
          anExchange(capture, {
            request: { ...request, target: '/path-867532051234567?q=867532051234567' },
            requestBody: writer.putBody(Buffer.alloc(size, 'body-867532051234567 ')),
            findings: [aDetection({ field: 'field-867532051234567' })],
          }),
        );
      writer.close();
    }
    return path;
  }

  it('holds no value, path, field or body in the clear, and gives all back with the secret', () => {
    const path = encrypted();
    expect(readFileSync(path).includes('867532051234567')).toBe(false);
    const reader = EvidenceReader.open(path, { secret });
    const { findings } = reader.captureEvidence('two');
    const exchanges = [...reader.exchanges({ capture: 'two', limit: null })];
    expect(exchanges[0]?.url).toBe('https://ulogs.umeng.com/path-867532051234567?q=867532051234567');
    expect(exchanges[1]?.request.headers[0]).toEqual(['Host', 'ulogs.umeng.com']);
    expect(findings[0]?.field).toBe('field-867532051234567');
    expect(reader.finding(1)?.value).toBe('867532051234567');
    const body = reader.body(exchanges[1]?.requestBody?.sha256 ?? '');
    expect(Buffer.from(body ?? []).equals(Buffer.alloc(500_000, 'body-867532051234567 '))).toBe(true);
    const listed = (filter: string) => [...reader.exchanges({ capture: null, limit: null, filter })].length;
    expect(listed('path~867532 and query~"q=" and field~867532 and value=867532051234567')).toBe(4);
    expect(listed('path~/^\\/nothing/')).toBe(0);
    reader.close();
  });

  it.each([
    ['no secret', null],
    ['another passphrase', { passphrase: 'wrong' }],
  ])('is not opened with %s', (_, wrong) => {
    const path = encrypted();
    expect(() => EvidenceReader.open(path, { secret: wrong })).toThrow(
      expect.objectContaining({ code: 'evidence-encrypted' }),
    );
    expect(() => EvidenceWriter.open(path, { secret: wrong })).toThrow(
      expect.objectContaining({ code: 'evidence-encrypted' }),
    );
  });

  it('takes a key file, is verified and marked without it, and pruned with it', () => {
    const folder = temporaryFolder();
    const keyFile = `${folder}/secret`;
    writeFileSync(keyFile, randomBytes(32));
    const path = `${folder}/a.db`;
    for (const name of ['one', 'two']) {
      const writer = EvidenceWriter.open(path, { secret: { keyFile } });
      const capture = writer.beginCapture(aCapture(name));
      writer.addExchange(anExchange(capture, { requestBody: writer.putBody(Buffer.from(`body of ${name}`)) }));
      writer.close();
    }
    addMarkTo(path, 'two', 'consent', START, null);
    expect(check(path).broken).toBeNull();
    pruneEvidence(path, { captures: ['one'], olderThan: null, reason: 'x', now: START, secret: { keyFile } });
    expect(check(path).broken).toBeNull();
    const reader = EvidenceReader.open(path, { secret: { keyFile } });
    const [exchange] = [...reader.exchanges({ capture: 'two', limit: null })];
    expect(Buffer.from(reader.body(exchange?.requestBody?.sha256 ?? '') ?? []).toString()).toBe('body of two');
    reader.close();
    writeFileSync(keyFile, 'short');
    expect(() => EvidenceReader.open(path, { secret: { keyFile } })).toThrow(/shorter than 16 bytes/);
  });

  it('is not begun over captures in the clear', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    writer.beginCapture(aCapture('a'));
    writer.close();
    expect(() => EvidenceWriter.open(path, { secret })).toThrow(/begun without encryption/);
  });
});
