import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanFiles } from '../../src/audit/scan-files.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-scan-'));
const device = join(folder, 'phone.json');
const md5 = createHash('md5').update('867532051234567').digest('hex');

beforeAll(() => {
  const identifiers = { imei: ['867532051234567'], android_id: ['9f8e7d6c5b4a3921'], oaid: ['0000000000000000'] };
  writeFileSync(device, JSON.stringify({ name: 'phone', platform: 'android', identifiers }));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function scan(path: string, limits = DEFAULT_LIMITS, forms = false) {
  const notices: string[] = [];
  const [scanned] = [
    ...scanFiles([path], { device, app: null, forms, limits, signatureFolder: null }, (sentence) =>
      notices.push(sentence),
    ),
  ];
  const found = scanned?.detections.map((d) => `${d.dataType} ${d.transform} ${d.decodeChain.join('>')} @${d.offset}`);
  return { found, gaps: scanned?.gaps.map(({ kind }) => kind), notices };
}

describe('scanning a file', () => {
  it.each([
    ['gzipped JSON', gzipSync(`{"header":{"idmd5":"${md5}"}}`), [`imei md5-hex gzip>json:header.idmd5 @20`]],
    ['a form', 'a=1&android_id=9F8E7D6C5B4A3921', ['android_id plain form:android_id @15']],
    ['a raw request', `POST /x HTTP/1.1\r\nHost: a\r\nX-Id: ${md5}\r\n\r\n`, ['imei md5-hex  @33']],
    ['plain text', 'the phone is 867532051234567.', ['imei plain  @13']],
    ['an empty file', '', []],
    ['other bytes', Buffer.from([0, 1, 2, 255, 254]), []],
  ])('finds what %s holds', (name, content, expected) => {
    expect(scan(file(name.replaceAll(' ', '-'), content)).found).toEqual(expected);
  });

  it('searches what is beyond the decoding limit as it stands, also across the border', () => {
    const limits = { ...DEFAULT_LIMITS, decodedInputBytesMax: 100_000 };
    const text = Buffer.alloc(2_500_000, '. ');
    const at = [10, 99_990, 100_200, 2_499_980];
    for (const offset of at) text.write('867532051234567', offset);
    const { found, gaps } = scan(file('huge.txt', text), limits);
    expect(found).toEqual(at.map((offset) => `imei plain  @${offset}`));
    expect(gaps).toContain('limit-body-bytes');
  });

  it('tells forms under telling names only when asked', () => {
    const path = file('forms.json', '{"model":"M2012K11AC","imei":"867532051234567"}');
    expect(scan(path).found).toEqual(['imei plain json:imei @30']);
    expect(scan(path, DEFAULT_LIMITS, true).found).toEqual([
      'imei plain json:imei @30',
      'device_model plain json:model @10',
    ]);
  });

  it('tells which values of the profile are not looked for', () => {
    expect(scan(file('empty', '')).notices).toEqual([expect.stringContaining('identifiers.oaid[0]')]);
  });

  it.each([
    ['a missing file', join(folder, 'none'), /Cannot read .*none: it does not exist/],
    ['a folder', folder, /it is a folder/],
  ])('refuses %s in one line', (_, path, message) => {
    expect(() => scan(path)).toThrow(message);
  });
});
