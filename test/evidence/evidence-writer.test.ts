import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import type { NewGap } from '../../src/model/evidence.ts';
import { aCapture, aDetection, anExchange, START, temporaryFile, temporaryFolder } from './samples.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('EvidenceWriter', () => {
  it('gives back what was written', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    const capture = writer.beginCapture(aCapture('night-1'));
    const connection = writer.addConnection({
      capture,
      openedAt: START,
      phoneAddress: '192.0.2.20',
      phonePort: 51_000,
      via: 'http',
      device: null,
    });
    const requestBody = writer.putBody(Buffer.from('{"header":{"idmd5":"…"}}'));
    const message = writer.putBody(Buffer.from('hello'));
    const sample = anExchange(capture, {
      connection,
      requestBody,
      findings: [aDetection(), aDetection({ place: 'websocket', message: 0, field: null, decodeChain: [] })],
      messages: [{ at: START + 5_000, direction: 'request', kind: 'text', body: message }],
      gaps: [{ kind: 'opaque-body', at: ['response', 'body'], bytesUnread: 7, detail: 'entropy 7.9' }],
    });
    const id = writer.addExchange(sample);
    writer.addMark(capture, { kind: 'consent', at: START + 3_000, note: 'agreed' });
    writer.closeConnection(connection, START + 9_000);
    writer.endCapture(capture, START + 10_000);
    writer.close();

    const reader = EvidenceReader.open(path);
    const evidence = reader.captureEvidence('night-1');
    expect(evidence.capture).toEqual({ ...aCapture('night-1'), id: capture, endedAt: START + 10_000 });
    expect(evidence.marks).toEqual([{ id: 1, kind: 'consent', at: START + 3_000, note: 'agreed' }]);
    const [exchange] = evidence.exchanges;
    expect({ ...exchange?.request }).toEqual(sample.request);
    expect({ ...exchange?.response }).toEqual(sample.response);
    expect(exchange).toMatchObject({
      id,
      url: 'https://ulogs.umeng.com/unify_logs?v=1',
      phase: 'before-consent',
      findingCount: 2,
    });
    expect(exchange?.requestBody).toEqual(requestBody);
    expect(exchange?.serverAddress).toBe('192.0.2.7');
    expect(Buffer.from(reader.body(requestBody.sha256) ?? []).toString()).toBe('{"header":{"idmd5":"…"}}');
    expect(evidence.findings).toEqual([
      {
        id: 1,
        exchange: id,
        capture: 'night-1',
        observedAt: START + 1_000,
        phase: 'before-consent',
        recipient: sample.recipient,
        host: 'ulogs.umeng.com',
        method: 'POST',
        url: 'https://ulogs.umeng.com/unify_logs?v=1',
        direction: 'request',
        place: 'body',
        field: 'header.idmd5',
        decodeChain: ['gzip', 'json:header.idmd5'],
        offset: 112,
        length: 32,
        dataType: 'imei',
        transform: 'md5-hex',
        match: 'known-value',
        valueMasked: '8675…567',
        message: null,
      },
      expect.objectContaining({ id: 2, observedAt: START + 5_000, phase: 'after-consent', message: 0, field: null }),
    ]);
    expect(reader.finding(1)?.value).toBe('867532051234567');
    expect(evidence.gaps).toMatchObject([
      { exchange: id, host: 'ulogs.umeng.com', gap: sample.gaps[0], recipient: sample.recipient },
    ]);
    expect(reader.messagesOf(id)).toEqual(sample.messages);
    reader.close();
  });

  it('keeps a body once, however often it is put, and any size of it', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    const capture = writer.beginCapture(aCapture('a'));
    const sizes = [0, 1, 255, 256, 2_000, 32_768, 65_536, 262_144, 262_145, 3_000_000];
    const bodies = sizes.flatMap((size) => [randomBytes(size), Buffer.alloc(size, 'telltale ')]);
    for (const body of [...bodies, ...bodies]) {
      const whole = writer.putBody(body);
      const streamed = writer.openBody();
      for (let at = 0; at < body.length; at += 70_001) streamed.write(body.subarray(at, at + 70_001));
      expect(streamed.finish()).toEqual(whole);
      expect(whole).toEqual({ sha256: sha256(body), size: body.length });
      writer.addExchange(anExchange(capture, { requestBody: whole, responseBody: whole }));
    }
    const abandoned = writer.openBody();
    abandoned.write(randomBytes(6_000_000));
    abandoned.abandon();
    writer.close();

    const reader = EvidenceReader.open(path);
    for (const body of bodies) expect(sha256(reader.body(sha256(body)) ?? Buffer.from('missing'))).toBe(sha256(body));
    reader.close();
    const raw = new Database(path, { readonly: true });
    const different = new Set(bodies.map(sha256)).size;
    expect(raw.prepare('SELECT count(*) FROM bodies').pluck().get()).toBe(different);
    expect(raw.prepare('SELECT sum(size) FROM segments').pluck().get()).toBe(2 * (262_145 + 3_000_000));
    raw.close();
  });

  it('keeps bodies apart that stream side by side, also after some that did not fit into the file', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path, { maxBytes: 4_000_000 });
    const capture = writer.beginCapture(aCapture('a'));
    const [large, last] = [writer.openBody(), writer.openBody()];
    large.write(randomBytes(4_400_000));
    expect(() => last.write(randomBytes(300_000))).toThrow(expect.objectContaining({ code: 'evidence-full' }));
    for (const given of [large, last]) given.abandon();
    writer.giveUpBatch(START);
    // More than there are buffers that go round.
    const bodies = Array.from({ length: 24 }, (_, i) => Buffer.alloc(700_000, `telltale ${i} `));
    bodies.push(randomBytes(700_000), randomBytes(700_000));
    const streams = bodies.map(() => writer.openBody());
    for (let at = 0; at < 700_000; at += 50_000)
      streams.forEach((stream, i) => {
        stream.write(bodies[i]?.subarray(at, at + 50_000) as Buffer);
      });
    for (const stream of streams)
      writer.addExchange(anExchange(capture, { requestBody: stream.finish(), responseBody: null }));
    writer.close();

    const reader = EvidenceReader.open(path);
    for (const body of bodies) expect(sha256(reader.body(sha256(body)) ?? Buffer.from('missing'))).toBe(sha256(body));
    reader.close();
  });

  it.each([
    ['all', true, true],
    ['findings', false, true],
    ['none', false, false],
  ] as const)('with keepBodies %s keeps bodies without findings: %s, with: %s', (keepBodies, without, with_) => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path, { keepBodies });
    const capture = writer.beginCapture(aCapture('a'));
    const put = (text: string, size: number) => {
      const body = writer.openBody();
      body.write(Buffer.alloc(size, text));
      return body.finish();
    };
    const cases = [10, 300_000].flatMap((size) => [
      { ref: put('dull', size), kept: without, findings: [] },
      { ref: put('telling', size), kept: with_, findings: [aDetection()] },
    ]);
    for (const { ref, findings } of cases) writer.addExchange(anExchange(capture, { requestBody: ref, findings }));
    writer.close();
    const reader = EvidenceReader.open(path);
    for (const { ref, kept } of cases) expect(reader.body(ref.sha256) !== null).toBe(kept);
    expect([...reader.exchanges({ capture: 'a', limit: null })].map((exchange) => exchange.requestBody)).toEqual(
      cases.map(({ ref }) => ref),
    );
    expect(reader.captureEvidence('a').gaps.map(({ gap }) => gap.kind)).toEqual(
      keepBodies === 'all' ? [] : ['body-not-kept'],
    );
    reader.close();
  });

  it('keeps a body that first came without and then with findings', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path, { keepBodies: 'findings' });
    const capture = writer.beginCapture(aCapture('a'));
    const once = writer.putBody(Buffer.from('same'));
    writer.addExchange(anExchange(capture, { requestBody: once }));
    const again = writer.putBody(Buffer.from('same'));
    const third = writer.putBody(Buffer.from('same'));
    writer.addExchange(anExchange(capture, { requestBody: again, findings: [aDetection()] }));
    writer.addExchange(anExchange(capture, { requestBody: third }));
    writer.close();
    const reader = EvidenceReader.open(path);
    expect(Buffer.from(reader.body(once.sha256) ?? []).toString()).toBe('same');
    reader.close();
  });

  it('makes file, companions and key readable by their owner only, and leaves one file when it closes', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    writer.beginCapture(aCapture('a'));
    const names = readdirSync(dirname(path)).sort();
    expect(names).toEqual(['evidence.key', 'test.db', 'test.db-lock', 'test.db-shm', 'test.db-wal']);
    for (const name of names) expect(statSync(`${dirname(path)}/${name}`).mode & 0o777, name).toBe(0o600);
    writer.close();
    expect(readdirSync(dirname(path)).sort()).toEqual(['evidence.key', 'test.db']);
  });

  it('gives a capture whose name is taken the next free number', () => {
    const path = temporaryFile();
    for (const _ of [1, 2, 3]) {
      const writer = EvidenceWriter.open(path);
      writer.beginCapture(aCapture('night'));
      writer.close();
    }
    const reader = EvidenceReader.open(path);
    expect(reader.captures().map(({ name }) => name)).toEqual(['night', 'night-2', 'night-3']);
    reader.close();
  });

  it('refuses a second writer, and lets it in when the first is gone', () => {
    const path = temporaryFile();
    const first = EvidenceWriter.open(path);
    expect(() => EvidenceWriter.open(path)).toThrow(expect.objectContaining({ code: 'evidence-locked' }));
    first.close();
    EvidenceWriter.open(path).close();
  });

  it('has everything in the file a quarter of a second after it came, and not before', () => {
    const path = temporaryFile();
    let now = START;
    const writer = EvidenceWriter.open(path, { now: () => now });
    const capture = writer.beginCapture(aCapture('a'));
    writer.addExchange(anExchange(capture));
    const reader = EvidenceReader.open(path);
    const stored = () => [...reader.exchanges({ capture: 'a', limit: null })].length;
    now += 249;
    writer.tick(now);
    expect(stored()).toBe(0);
    now += 1;
    expect(writer.due(now)).toBe(true);
    writer.tick(now);
    expect(stored()).toBe(1);
    expect(writer.due(now + 10_000)).toBe(false);
    reader.close();
    writer.close();
  });

  it.each([
    ['text', 'hello', 'evidence-invalid'],
    ['an empty folder in the path', null, 'file-unwritable'],
  ])('refuses %s with one clear line', (_, content, code) => {
    const path = content === null ? `${temporaryFolder()}/no/such/file.db` : temporaryFile();
    if (content !== null) writeFileSync(path, content);
    expect(() => EvidenceWriter.open(path)).toThrow(expect.objectContaining({ code }));
    expect(existsSync(`${path}-lock`)).toBe(false);
  });

  it('refuses a database of something else, and a newer schema', () => {
    const foreign = temporaryFile();
    const database = new Database(foreign);
    database.exec('CREATE TABLE t (x)');
    database.close();
    expect(() => EvidenceWriter.open(foreign)).toThrow(expect.objectContaining({ code: 'evidence-invalid' }));
    expect(() => EvidenceReader.open(foreign)).toThrow(expect.objectContaining({ code: 'evidence-invalid' }));
    const newer = temporaryFile();
    EvidenceWriter.open(newer).close();
    const raised = new Database(newer);
    raised.pragma('user_version = 99');
    raised.close();
    expect(() => EvidenceWriter.open(newer)).toThrow(expect.objectContaining({ code: 'evidence-newer' }));
    expect(() => EvidenceReader.open(newer)).toThrow(expect.objectContaining({ code: 'evidence-newer' }));
  });

  it('says which captures there are when one is unknown', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    writer.beginCapture(aCapture('night-1'));
    writer.close();
    const reader = EvidenceReader.open(path);
    expect(() => reader.captureEvidence('nigth-1')).toThrow(/no capture named nigth-1. It holds: night-1/);
    reader.close();
  });

  it('survives text that UTF-8 cannot hold, control characters and quotes', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    const capture = writer.beginCapture(aCapture("a'; DROP TABLE captures; --"));
    const odd = 'x\ud800\u0000"\\\n\u2028é';
    writer.addExchange(
      anExchange(capture, {
        error: odd,
        request: { ...anExchange(capture).request, host: odd, target: `/${odd}?${odd}`, headers: [[odd, odd]] },
        findings: [aDetection({ field: odd, value: odd, decodeChain: [odd] })],
      }),
    );
    writer.close();
    const reader = EvidenceReader.open(path);
    const evidence = reader.captureEvidence(null);
    expect(evidence.exchanges[0]?.request.headers).toEqual([[odd, odd]]);
    expect(evidence.findings[0]?.field).toBe(odd.replace('\ud800', '\ufffd'));
    reader.close();
  });

  it('stores gaps without an exchange', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    const capture = writer.beginCapture(aCapture('a'));
    const gap: NewGap = {
      capture,
      connection: null,
      exchange: null,
      at: START + 5,
      host: 'pinned.example',
      port: 443,
      recipient: { kind: 'third-party', id: 'pinned.example', name: 'pinned.example' },
      gap: { kind: 'tls-rejected', at: [], bytesUnread: null, detail: 'unknown_ca' },
      facts: { sni: 'pinned.example', bytes_up: 517 },
    };
    writer.addGap(gap);
    writer.close();
    const reader = EvidenceReader.open(path);
    const { capture: _, connection: __, ...rest } = gap;
    expect(reader.captureEvidence('a').gaps).toEqual([{ id: 1, capture: 'a', ...rest }]);
    reader.close();
  });
});
