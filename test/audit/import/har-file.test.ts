import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readHar } from '../../../src/audit/import/har.ts';
import { recordingText } from '../../../src/audit/import/har-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-har-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'sample.har.gz');

async function read(content: Uint8Array, bytesMax?: number): Promise<{ text: string; broken: string[] }> {
  writeFileSync(path, content);
  const broken: string[] = [];
  const pieces: Uint8Array[] = [];
  for await (const piece of recordingText(path, (reason) => broken.push(reason), bytesMax)) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString(), broken };
}

/** Text that packs badly, so that its packed form comes in many pieces. */
const TEXT = Array.from({ length: 60_000 }, (_, at) => Math.imul(at + 1, 0x9e3779b1).toString(36)).join(' ');

describe('recordingText', () => {
  it.each([
    ['plain', Buffer.from(TEXT)],
    ['packed', gzipSync(TEXT)],
    ['packed with a byte order mark inside', gzipSync(`\ufeff${TEXT}`)],
    ['packed UTF-16', gzipSync(Buffer.from(`\ufeff${TEXT}`, 'utf16le'))],
    ['packed in two members', Buffer.concat([gzipSync(TEXT.slice(0, 1_000)), gzipSync(TEXT.slice(1_000))])],
  ])('gives a file that is %s', async (_, content) => {
    expect(await read(content)).toEqual({ text: TEXT, broken: [] });
  });

  it('gives what a packed file holds before it breaks off', async () => {
    const packed = gzipSync(TEXT);
    const { text, broken } = await read(packed.subarray(0, packed.length - 5_000));
    expect(text.length).toBeGreaterThan(TEXT.length * 0.9);
    expect([TEXT.startsWith(text), broken]).toEqual([true, ['the packing is damaged: unexpected end of file']]);
  });

  it('gives what a packed file holds before it is damaged', async () => {
    const packed = gzipSync(TEXT);
    packed.fill(0xff, packed.length - 5_000);
    const { text, broken } = await read(packed);
    expect([text.length > TEXT.length * 0.8, broken.length]).toEqual([true, 1]);
  });

  it('stops where a packed file unpacks to more than the limit', async () => {
    const { text, broken } = await read(gzipSync(Buffer.alloc(100_000_000)), 40_000_000);
    expect(text.length).toBeGreaterThanOrEqual(40_000_000);
    expect(text.length).toBeLessThan(60_000_000);
    expect(broken).toEqual(['it unpacks to more than 40000000 bytes']);
  });
});

describe('readHar', () => {
  const entries = Array.from({ length: 50 }, (_, at) => ({
    startedDateTime: '2026-11-21T20:00:00.000Z',
    request: { method: 'GET', url: `https://a.example/${at}`, headers: [], note: TEXT.slice(at * 900, at * 900 + 900) },
    response: { status: 200, content: { text: 'ok' } },
  }));
  const packed = gzipSync(JSON.stringify({ log: { version: '1.2', entries } }));
  const gapsOf = async (content: Uint8Array) => {
    writeFileSync(path, content);
    const events = [];
    for await (const event of readHar(path)) events.push(event);
    return {
      requests: events.filter(({ type }) => type === 'request-started').length,
      gaps: events.flatMap((event) => (event.type === 'gap' ? `${event.gap.kind} ${event.gap.detail}` : [])),
    };
  };

  it('reads a packed recording', async () => {
    expect(await gapsOf(packed)).toEqual({ requests: 50, gaps: [] });
  });

  it('reads what a packed recording holds before it breaks off, and says so', async () => {
    const { requests, gaps } = await gapsOf(packed.subarray(0, packed.length / 2));
    expect(requests).toBeGreaterThan(15);
    expect(gaps).toEqual([
      expect.stringMatching(/^import-cut entry \d+: the packing is damaged: unexpected end of file$/),
    ]);
  });

  it('refuses packed bytes that are no recording in one line', async () => {
    await expect(gapsOf(gzipSync('nothing of it'))).rejects.toThrow(expect.objectContaining({ code: 'input-invalid' }));
  });
});
