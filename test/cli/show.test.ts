import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Explanation, explainFinding } from '../../src/audit/explain.ts';
import { importFiles } from '../../src/audit/import-files.ts';
import { listFindings } from '../../src/audit/query.ts';
import { telltale } from './telltale.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-show-'));
const db = join(folder, 'show.db');
const imei = '867532051234567';
const md5 = createHash('md5').update(imei).digest('hex');
const sent = gzipSync(
  JSON.stringify({ header: { idmd5: md5, more: Buffer.from(JSON.stringify({ imei })).toString('base64') } }),
);

beforeAll(async () => {
  const device = join(folder, 'device.json');
  writeFileSync(
    device,
    JSON.stringify({ name: 'd', platform: 'android', identifiers: { imei: [imei], android_id: ['9f8e7d6c5b4a3921'] } }),
  );
  const entry = {
    startedDateTime: '2026-11-21T20:00:00.000Z',
    time: 5,
    request: {
      method: 'POST',
      url: `https://ulogs.umeng.com/unify_logs?aid=9f8e7d6c5b4a3921`,
      httpVersion: 'HTTP/1.1',
      headers: [
        { name: 'Content-Type', value: 'application/json' },
        { name: 'Content-Encoding', value: 'gzip' },
        { name: 'Cookie', value: `x=1; dev=${imei}` },
        { name: 'X-Device', value: `id/${imei}` },
      ],
      postData: { text: sent.toString('base64'), encoding: 'base64' },
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      headers: [],
      content: { text: Buffer.from([0, 1, 2, 255]).toString('base64'), encoding: 'base64' },
    },
  };
  const other = {
    ...entry,
    request: { ...entry.request, url: 'https://ads.example/x', headers: [], postData: { text: 'x' } },
  };
  for (const [name, entries] of [
    ['night-1', [entry]],
    ['night-2', [other]],
  ] as const) {
    const har = join(folder, `${name}.har`);
    writeFileSync(har, JSON.stringify({ log: { entries } }));
    await importFiles({
      files: [har],
      db,
      capture: name,
      device,
      app: null,
      firstParty: [],
      signatures: null,
      store: { keepBodies: 'all', maxBytes: null, redact: false, secret: null, onError: 'stop' },
      version: 'test',
      log: () => {},
      onNotice: () => {},
      onProgress: () => {},
    });
  }
});

const findings = () => [...listFindings({ db, capture: 'night-1', limit: null, secret: null })];

describe('telltale explain', { timeout: 120_000 }, () => {
  it('reaches the bytes of every finding, wherever it is', () => {
    const explained = findings().map(({ id }) =>
      explainFinding({ db, id: id as number, secret: null, signatureFolder: null, device: null }),
    );
    const matched = ({ finding, steps, found, holds }: Explanation) =>
      holds &&
      Buffer.from(
        steps[found]?.bytes.subarray(
          finding['offset'] as number,
          (finding['offset'] as number) + (finding['length'] as number),
        ) ?? [],
      ).toString();
    expect(explained.length).toBeGreaterThanOrEqual(5);
    expect(explained.map(({ matchesAgain }) => matchesAgain)).not.toContain(false);
    expect(explained.map(({ matchesAgain }) => matchesAgain)).not.toContain(null);
    for (const one of explained)
      expect([imei, md5, '9f8e7d6c5b4a3921'], JSON.stringify(one.finding)).toContain(matched(one));
    expect(new Set(explained.map(({ finding }) => finding['place']))).toEqual(
      new Set(['url', 'header', 'cookie', 'body']),
    );
    const body = explained.find(({ finding }) => finding['transform'] === 'md5-hex');
    expect(body?.steps.map(({ step }) => step)).toEqual(['as sent', 'gzip']);
    expect(body?.steps[0]?.bytes).toEqual(sent);
  });

  it('says so when the bytes do not give the value of the finding', () => {
    const other = join(folder, 'other.json');
    writeFileSync(
      other,
      JSON.stringify({ name: 'other', platform: 'android', identifiers: { imei: ['867532051239999'] } }),
    );
    const id = String(findings().find(({ transform }) => transform === 'md5-hex')?.['id']);
    const { status, stdout } = telltale(['explain', id, '--db', db, '--device', other]);
    expect(status).toBe(1);
    expect(stdout).toContain('these bytes do not give the value in this form');
    expect(telltale(['explain', id, '--db', db]).stdout).toContain('these bytes give the value in this form');
  });

  it('prints the way, masked unless asked', () => {
    const id = String(findings().find(({ transform }) => transform === 'md5-hex')?.['id']);
    const { status, stdout } = telltale(['explain', id, '--db', db]);
    expect(status).toBe(0);
    expect(stdout).toContain(`stored body, SHA-256 ${createHash('sha256').update(sent).digest('hex')}`);
    expect(stdout).toMatch(/1 {2}gzip: \d+ bytes/);
    expect(stdout).not.toContain(md5);
    // What stands beside it is another finding, in base64.
    expect(stdout).toContain('"more":"…');
    const revealed = telltale(['explain', id, '--db', db, '--reveal']).stdout;
    expect(revealed).toContain(`⟦${md5}⟧`);
    expect(revealed).toContain(`"more":"${Buffer.from('{"imei"').toString('base64').slice(0, 8)}`);
    expect(telltale(['explain', '999', '--db', db])).toMatchObject({ status: 2 });
  });

  it('says that a body was not kept, and which', () => {
    const other = join(folder, 'unexplained.db');
    const device = join(folder, 'device.json');
    const sha256 = createHash('sha256').update(sent).digest('hex');
    telltale(['import', join(folder, 'night-1.har'), '--db', other, '--device', device, '--keep-bodies', 'none']);
    const stored = [...listFindings({ db: other, capture: null, limit: null, secret: null })];
    for (const { id, place } of stored) {
      const { status, stdout } = telltale(['explain', String(id), '--db', other]);
      const said = `The request body was not kept: ${sent.length} bytes, SHA-256 ${sha256}.`;
      expect([status, stdout.includes(said)]).toEqual(place === 'body' ? [1, true] : [0, false]);
    }
    const inBody = String(stored.find(({ place }) => place === 'body')?.['id']);
    expect(JSON.parse(telltale(['explain', inBody, '--db', other, '--format', 'json']).stdout)).toMatchObject({
      holds: false,
      body_not_kept: { title: 'request body', size: sent.length, sha256 },
    });
  });
});

describe('telltale show', { timeout: 120_000 }, () => {
  it('names the bodies that were not kept', () => {
    const other = join(folder, 'unkept.db');
    telltale(['import', join(folder, 'night-1.har'), '--db', other, '--keep-bodies', 'none']);
    expect(telltale(['show', '1', '--db', other]).stdout).toMatch(
      /── request body, \d{2,} bytes: not kept\n\n── response body, 4 bytes: not kept\n/,
    );
    expect(telltale(['show', '1', '--db', db]).stdout).not.toContain('not kept');
  });

  it('prints an exchange decoded, with its findings marked and masked', () => {
    const { status, stdout } = telltale(['show', '1', '--db', db]);
    expect(status).toBe(0);
    expect(stdout).not.toContain(imei);
    expect(stdout).not.toContain(md5);
    expect(stdout).toMatch(
      /── request body, gzip, \d+ bytes\n\{"header":\{"idmd5":"⟦.*= imei md5-hex \(finding \d+\)⟧"/,
    );
    expect(stdout).toMatch(/^X-Device: id\/⟦867\d?…567 = imei/m);
    // Not in its base64 either.
    expect(stdout).not.toContain(Buffer.from(JSON.stringify({ imei })).toString('base64'));
    expect(stdout).toContain('── response body, 4 bytes\n000000  00 01 02 ff');
    expect(telltale(['show', '1', '--db', db, '--reveal']).stdout).toContain(md5);
  });

  it('gives the bytes of a body as sent', () => {
    expect(telltale(['show', '1', '--db', db, '--raw', 'request']).bytes).toEqual(sent);
    expect(telltale(['show', '99', '--db', db])).toMatchObject({ status: 2 });
  });
});

describe('telltale sql and diff', { timeout: 120_000 }, () => {
  it('keep every column and every digit', () => {
    const query = "SELECT 1 AS a, 2 AS a, 9223372036854775807 AS big, x'00ff' AS bytes, 0.5 AS part, NULL AS none";
    expect(JSON.parse(telltale(['sql', query, '--db', db, '--format', 'json']).stdout)).toEqual([
      { a: 1, 'a:2': 2, big: '9223372036854775807', bytes: '00ff', part: 0.5, none: null },
    ]);
  });

  it('show nothing that controls a terminal', () => {
    const query = `SELECT char(27) || '[31m' || char(0x202e) || char(0x9b) || 'x' AS a`;
    const [json, csv, shown] = ['json', 'csv', 'table'].map(
      (format) => telltale(['sql', query, '--db', db, '--format', format]).stdout,
    );
    expect(JSON.parse(json as string)).toEqual([{ a: '\u001b[31m\u202e\u009bx' }]);
    expect(`${json}${csv}${shown}`).not.toMatch(/(?![\r\n])\p{Cc}|\u202e/u);
    expect(csv).toBe('a\r\n⟨U+001B⟩[31m⟨U+202E⟩⟨U+009B⟩x\r\n');
  });

  it('print the beginning of what no table can hold, and say so', () => {
    const query = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n';
    const { stdout, stderr, status } = telltale(['sql', query, '--db', db]);
    expect([status, stdout.trimEnd().split('\n').length]).toEqual([0, 502]);
    expect(stderr).toContain('The first 500 rows');
    expect(telltale(['sql', query, '--db', db, '--format', 'csv']).stdout.split('\n')).toHaveLength(300_002);
  });

  it('run one query that reads, and nothing else', () => {
    const query = 'SELECT capture, host, finding_count > 0 AS found FROM exchange_list ORDER BY id';
    expect(JSON.parse(telltale(['sql', query, '--db', db, '--format', 'json']).stdout)).toEqual([
      { capture: 'night-1', host: 'ulogs.umeng.com', found: 1 },
      { capture: 'night-2', host: 'ads.example', found: 0 },
    ]);
    for (const bad of ['DELETE FROM findings', 'SELECT 1; SELECT 2', 'SELEKT', 'DROP TABLE findings'])
      expect(telltale(['sql', bad, '--db', db]), bad).toMatchObject({ status: 2, stdout: '' });
  });

  it('say what changed between captures', () => {
    const changes = JSON.parse(
      telltale(['diff', 'night-1', 'night-2', '--db', db, '--format', 'json']).stdout,
    ) as object[];
    expect(changes).toEqual(
      expect.arrayContaining([
        { change: 'gone', what: 'host', recipient: 'umeng', name: 'ulogs.umeng.com', before: 1, now: 0 },
        { change: 'new', what: 'host', recipient: 'ads.example', name: 'ads.example', before: 0, now: 1 },
        expect.objectContaining({ change: 'gone', what: 'data-type', recipient: 'umeng', name: 'imei', now: 0 }),
      ]),
    );
    expect(telltale(['diff', 'night-1', 'night-1', '--db', db]).stdout).toBe('');
  });
});
