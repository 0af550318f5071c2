import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { exportBundle, importBundle } from '../../src/evidence/bundle.ts';
import { unpacked } from '../../src/evidence/contents.ts';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { PLAIN } from '../../src/evidence/protection.ts';
import { type PruneOptions, pruneEvidence } from '../../src/evidence/prune.ts';
import { verifyEvidence } from '../../src/evidence/verify.ts';
import { aCapture, aDetection, anExchange, START, temporaryFile, temporaryFolder } from './samples.ts';

const DAY = 86_400_000;

/** Three nights; each has bodies of its own, small and large, and one that all share. */
function threeNights(): string {
  const path = temporaryFile();
  const writer = EvidenceWriter.open(path);
  ['night-1', 'night-2', 'night-3'].forEach((name, night) => {
    const at = START + night * DAY;
    const capture = writer.beginCapture({ ...aCapture(name), startedAt: at });
    const connection = writer.addConnection({
      capture,
      openedAt: at,
      phoneAddress: '192.0.2.20',
      phonePort: 51_000,
      via: 'http',
      device: 'second-phone',
    });
    const shared = writer.putBody(Buffer.from('shared by all nights'));
    const large = writer.putBody(Buffer.alloc(400_000, `large of ${name} `));
    const { request } = anExchange(capture);
    for (let index = 0; index < 3; index++) {
      const own = writer.putBody(Buffer.from(`secret-${name}-${index}`));
      writer.addExchange(
        anExchange(capture, {
          connection,
          startedAt: at + index,
          request: { ...request, host: `${name}.example`, target: `/path-of-${name}?q=${index}` },
          requestBody: index === 2 ? large : own,
          responseBody: shared,
          messages: [{ at: at + index, direction: 'request', kind: 'text', body: own }],
          findings: [aDetection({ value: `value-of-${name}`, field: `field-of-${name}` })],
          gaps: [{ kind: 'opaque-body', at: ['request', 'body'], bytesUnread: 1, detail: null }],
        }),
      );
    }
    writer.addMark(capture, { kind: 'consent', at: at + 1, note: `note of ${name}` });
    writer.closeConnection(connection, at + 5);
    writer.endCapture(capture, at + 10);
  });
  writer.close();
  return path;
}

const options: PruneOptions = {
  captures: ['night-1'],
  olderThan: null,
  reason: 'test',
  now: START + 9 * DAY,
  secret: null,
};
const check = (path: string) => verifyEvidence(path, { seal: null, keys: [] });

/** What a capture says, without the numbers that rows have in one file. */
function contentsOf(path: string, name: string) {
  const reader = EvidenceReader.open(path);
  const { findings, gaps, marks, capture } = reader.captureEvidence(name);
  const exchanges = [...reader.exchanges({ capture: name, limit: null })];
  const contents = {
    ended: [capture.startedAt, capture.endedAt, capture.app, capture.deviceName],
    exchanges: exchanges.map(
      ({ startedAt, endedAt, phase, url, request, response, requestBody, responseBody, recipient, id }) => ({
        startedAt,
        endedAt,
        phase,
        url,
        request: { ...request },
        response: { ...response },
        recipient,
        bodies: [requestBody, responseBody].map(
          (body) => body && Buffer.from(reader.body(body.sha256) ?? []).toString('base64'),
        ),
        messages: reader.messagesOf(id),
      }),
    ),
    findings: findings.map(({ id, exchange, capture: _, ...finding }) => ({
      ...finding,
      value: reader.finding(id)?.value,
      nth: exchange - (exchanges[0]?.id ?? 0),
    })),
    gaps: gaps.map(({ gap, host, at }) => ({ gap, host, at })),
    marks: marks.map(({ id: _, ...mark }) => mark),
    connections: reader.connectionsOf(capture.id).map(({ id: _, capture: __, ...connection }) => connection),
  };
  reader.close();
  return contents;
}

describe('pruneEvidence', () => {
  it('takes a capture away down to its bytes, leaves the others whole, and keeps the seals explainable', () => {
    const path = threeNights();
    const before = ['night-2', 'night-3'].map((name) => contentsOf(path, name));
    const { lastSeal } = check(path);
    expect(pruneEvidence(path, options)).toEqual(['night-1']);
    expect(['night-2', 'night-3'].map((name) => contentsOf(path, name))).toEqual(before);
    expect(() => contentsOf(path, 'night-1')).toThrow(/It holds: night-3, night-2/);
    const found = verifyEvidence(path, { seal: lastSeal, keys: [] });
    expect(found.broken).toBeNull();
    expect(found.pruned).toEqual([`${new Date(options.now).toISOString()}: ["night-1"] (test)`]);
    const raw = new Database(path, { readonly: true });
    const texts = raw.prepare('SELECT group_concat(name) FROM hosts').pluck().get() as string;
    expect(texts).toBe('192.0.2.7,night-2.example,night-3.example');
    expect(raw.prepare("SELECT count(*) FROM found_values WHERE value LIKE '%night-1'").pluck().get()).toBe(0);
    expect(raw.prepare('SELECT count(*) FROM segments').pluck().get()).toBe(4);
    // The body that all nights share stands in a pack with night-1's own: those are zeros now.
    const packs = raw.prepare('SELECT coding, size, data FROM packs').all() as Parameters<typeof unpacked>[0][];
    raw.close();
    const text = packs.map((pack) => Buffer.from(unpacked(pack, PLAIN)).toString('latin1')).join('\n');
    expect(text).toContain('shared by all nights');
    expect(text).toContain('secret-night-2-0');
    expect(text).not.toContain('secret-night-1');
    expect(readFileSync(path).includes('path-of-night-1')).toBe(false);
  });

  it('can be done again, and the file can be written on', () => {
    const path = threeNights();
    pruneEvidence(path, options);
    pruneEvidence(path, { ...options, captures: [], olderThan: START + DAY + 11 });
    expect(check(path)).toMatchObject({ broken: null, captures: 1 });
    const writer = EvidenceWriter.open(path);
    const capture = writer.beginCapture(aCapture('night-1'));
    writer.addExchange(anExchange(capture, { requestBody: writer.putBody(Buffer.from('shared by all nights')) }));
    writer.close();
    expect(check(path).broken).toBeNull();
    const reader = EvidenceReader.open(path);
    expect(reader.captures().map(({ name }) => name)).toEqual(['night-3', 'night-1']);
    reader.close();
  });

  it.each([
    ['an exchange that was left', 'UPDATE exchanges SET status = 500 WHERE id = 5', 'exchanges 5 was changed'],
    ['an exchange that was left removed', 'DELETE FROM exchanges WHERE id = 6', 'exchanges 6 is missing'],
    ['the account of the pruning', "UPDATE prunes SET reason = 'nothing'", 'prunes 1 was changed'],
    ['a digest that was put in', 'DELETE FROM reseals WHERE id = 1', ' is missing'],
    [
      'another pruning that nobody signed',
      'DELETE FROM exchanges WHERE id > 6; UPDATE reseals SET content = zeroblob(32)',
      'changed',
    ],
  ])('still finds a change of %s', (_, sql, broken) => {
    const path = threeNights();
    pruneEvidence(path, options);
    const database = new Database(path);
    database.pragma('foreign_keys = OFF');
    database.exec(sql);
    database.close();
    expect(check(path).broken).toContain(broken);
  });

  it('refuses a file whose seals do not hold, one that is being written, and a capture that is not there', () => {
    const path = threeNights();
    expect(() => pruneEvidence(path, { ...options, captures: ['night-9'] })).toThrow(/no capture named night-9/);
    const writer = EvidenceWriter.open(path);
    expect(() => pruneEvidence(path, options)).toThrow(expect.objectContaining({ code: 'evidence-locked' }));
    writer.close();
    const database = new Database(path);
    database.exec('UPDATE marks SET at = 0');
    database.close();
    expect(() => pruneEvidence(path, options)).toThrow(/marks 1 was changed/);
  });
});

describe('exportBundle and importBundle', () => {
  it('carry one capture, verifiable by itself, into another file', () => {
    const path = threeNights();
    const folder = temporaryFolder();
    const bundle = `${folder}/night-2.telltale`;
    expect(exportBundle(path, 'night-2', bundle, START + 9 * DAY, { secret: null })).toBe('night-2');
    expect(readdirSync(folder)).toEqual(['night-2.telltale']);
    expect(statSync(bundle).mode & 0o777).toBe(0o600);
    const found = verifyEvidence(bundle, { seal: check(path).lastSeal, keys: check(path).keys });
    expect(found).toMatchObject({ broken: null, captures: 1, exchanges: 3 });
    expect(found.pruned.join()).not.toContain('night-1');
    expect(contentsOf(bundle, 'night-2')).toEqual(contentsOf(path, 'night-2'));
    expect(check(path)).toMatchObject({ broken: null, captures: 3 });

    const other = temporaryFile('other.db');
    expect(importBundle(bundle, other, {})).toEqual(['night-2']);
    expect(importBundle(bundle, other, {})).toEqual(['night-2-2']);
    expect(check(other).broken).toBeNull();
    const reader = EvidenceReader.open(other);
    expect(reader.captures()[0]?.facts).toMatchObject({ bundle_key: found.keys[0], bundle_seal: found.lastSeal });
    reader.close();
    for (const name of ['night-2', 'night-2-2']) expect(contentsOf(other, name)).toEqual(contentsOf(path, 'night-2'));
    expect(readdirSync(dirname(other)).sort()).toEqual(['evidence.key', 'other.db']);
  });

  it('refuse an output that exists, and a bundle that was touched', () => {
    const path = threeNights();
    expect(() => exportBundle(path, 'night-1', path, START, { secret: null })).toThrow(/exists already/);
    const bundle = `${temporaryFolder()}/x.telltale`;
    exportBundle(path, 'night-1', bundle, START, { secret: null });
    const database = new Database(bundle);
    database.exec('UPDATE findings SET length = 1');
    database.close();
    expect(() => importBundle(bundle, temporaryFile(), {})).toThrow(/findings 1 was changed/);
  });
});
