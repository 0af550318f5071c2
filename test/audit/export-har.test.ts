import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { exportHar, writePieces } from '../../src/audit/export-har.ts';
import { readHar } from '../../src/audit/import/har.ts';
import { importFiles } from '../../src/audit/import-files.ts';
import { listFindings } from '../../src/audit/query.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { aCapture, anExchange, START } from '../evidence/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-har-out-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const quiet = { signatures: null, version: 'test', log: () => {}, onNotice: () => {}, onProgress: () => {} };

describe('exportHar', () => {
  it('gives every byte back when its file is read again', async () => {
    const writer = EvidenceWriter.open(at('a.db'));
    const capture = writer.beginCapture(aCapture('a'));
    const bodies = [
      Buffer.from('plain "text" \\ \u0000 é 😀 \ufeff'),
      gzipSync('{"a":1}'),
      randomBytes(1_000_001),
      Buffer.from('é€'.repeat(200_000)),
      Buffer.from([0xef, 0xbb, 0xbf, 0x61]),
      Buffer.from([0xc3]),
      Buffer.alloc(0),
    ];
    for (const body of bodies) {
      const ref = writer.putBody(body);
      writer.addExchange(anExchange(capture, { requestBody: ref, responseBody: ref }));
    }
    const headers = [
      ['X', 'caf\u00e9'],
      ['Y', Buffer.from('友盟 é').toString('latin1')],
      ['Cookie', 'a=1; b=2'],
    ] as const;
    const { request } = anExchange(capture);
    const message = writer.putBody(Buffer.from([0, 255, 1]));
    const text = writer.putBody(Buffer.from('hi'));
    writer.addExchange(
      anExchange(capture, {
        request: { ...request, scheme: 'wss', target: `/${Buffer.from('路').toString('latin1')}?q=\u00e9`, headers },
        response: null,
        error: 'reset',
        messages: [
          { at: START + 5, direction: 'request', kind: 'binary', body: message },
          { at: START + 6, direction: 'response', kind: 'text', body: text },
        ],
      }),
    );
    writer.close();
    writePieces(at('a.har'), exportHar({ db: at('a.db'), capture: null, secret: null }, '1'));
    expect(statSync(at('a.har')).mode & 0o777).toBe(0o600);
    const har = JSON.parse(readFileSync(at('a.har'), 'utf8')) as { log: { version: string; entries: unknown[] } };
    expect(har.log.version).toBe('1.2');
    expect(har.log.entries).toHaveLength(8);

    const sent = new Map<number, string>();
    const received = new Map<number, string>();
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    for await (const event of readHar(at('a.har'))) {
      if (event.type === 'request-bytes') sent.set(event.exchange, sha256(event.bytes));
      if (event.type === 'response-bytes') received.set(event.exchange, sha256(event.bytes));
      if (event.type === 'request-started' && event.exchange === 8)
        expect(event.head).toMatchObject({
          scheme: 'wss',
          target: `/${Buffer.from('路').toString('latin1')}?q=\u00e9`,
          headers,
        });
      if (event.type === 'message')
        expect([event.direction, event.kind, event.at - START, Buffer.from(event.bytes).toString('latin1')]).toEqual(
          event.kind === 'text' ? ['response', 'text', 6, 'hi'] : ['request', 'binary', 5, '\u0000ÿ\u0001'],
        );
      if (event.type === 'exchange-ended') expect(event.error).toBe(event.exchange === 8 ? 'reset' : null);
    }
    bodies.slice(0, 6).forEach((body, index) => {
      expect(sent.get(index + 1), `request ${index + 1}`).toBe(sha256(body));
      expect(received.get(index + 1), `response ${index + 1}`).toBe(sha256(body));
    });
    expect(sent.has(7)).toBe(false);
  });

  it('says which bodies were not kept', async () => {
    const writer = EvidenceWriter.open(at('b.db'), { keepBodies: 'none' });
    const capture = writer.beginCapture(aCapture('b'));
    const ref = writer.putBody(Buffer.from('gone'));
    writer.addExchange(anExchange(capture, { requestBody: ref, responseBody: ref }));
    writer.close();
    writePieces(at('b.har'), exportHar({ db: at('b.db'), capture: 'b', secret: null }, '1'));
    const gaps: string[] = [];
    for await (const event of readHar(at('b.har')))
      if (event.type === 'gap') gaps.push(`${event.gap.kind} ${event.gap.at.join(' ')} ${event.gap.bytesUnread}`);
    expect(gaps).toEqual(['body-missing request body 4', 'body-missing response body 4']);
  });

  it('gives the same findings when it is imported as the import that it came from', async () => {
    const imei = '867532051234567';
    const device = at('device.json');
    writeFileSync(
      device,
      JSON.stringify({
        name: 'd',
        platform: 'android',
        identifiers: { imei: [imei], mac_address: ['a4:50:46:1b:2c:3d'] },
      }),
    );
    const md5 = createHash('md5').update(imei).digest('hex');
    const entry = (postData: object, url: string, encoding: string | null) => ({
      startedDateTime: '2026-11-21T20:00:00.000Z',
      time: 5,
      request: {
        method: 'POST',
        url,
        httpVersion: 'HTTP/1.1',
        headers: [
          { name: 'Content-Type', value: 'application/json' },
          ...(encoding === null ? [] : [{ name: 'Content-Encoding', value: encoding }]),
        ],
        postData,
      },
      response: { status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', headers: [], content: { text: 'ok' } },
    });
    const zipped = gzipSync(JSON.stringify({ header: { idmd5: md5, mac: 'A450461B2C3D' } })).toString('base64');
    const entries = [
      entry({ text: zipped, encoding: 'base64' }, 'https://ulogs.umeng.com/unify_logs', 'gzip'),
      // Most tools write what they have unpacked, and leave the header.
      entry({ text: JSON.stringify({ device: { imei } }) }, 'https://other.example/a', 'gzip'),
      entry({ text: 'x' }, `https://other.example/b?imei=${imei}`, null),
    ];
    writeFileSync(at('first.har'), JSON.stringify({ log: { entries } }));
    const findings = async (har: string, db: string) => {
      await importFiles({
        files: [at(har)],
        db: at(db),
        capture: 'c',
        device,
        app: null,
        firstParty: [],
        store: { keepBodies: 'all', maxBytes: null, redact: false, secret: null, onError: 'stop' },
        ...quiet,
      });
      return [...listFindings({ db: at(db), capture: null, limit: null, secret: null })];
    };
    const first = await findings('first.har', 'first.db');
    writePieces(at('second.har'), exportHar({ db: at('first.db'), capture: null, secret: null }, '1'));
    expect(await findings('second.har', 'second.db')).toEqual(first);
    const seen = first.map(({ data_type, transform, decode_chain, place }) => [
      place,
      data_type,
      transform,
      ...(decode_chain as string[]),
    ]);
    expect(seen).toEqual(
      expect.arrayContaining([
        ['body', 'imei', 'md5-hex', 'gzip', 'json:header.idmd5'],
        ['body', 'imei', 'plain', 'json:device.imei'],
      ]),
    );
    expect(seen.some(([place, type]) => place === 'url' && type === 'imei')).toBe(true);
  });
});
