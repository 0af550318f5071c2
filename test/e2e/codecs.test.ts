import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CodecDefinition } from '../../src/model/codec.ts';
import { loadCodecs } from '../../src/signatures/load-codecs.ts';
import { telltale } from '../cli/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

interface Sample {
  readonly variant: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly chain: readonly string[];
}

const samples = [...loadCodecs({ extraFolder: null }).codecs.values()].flatMap((codec) =>
  ((codec as CodecDefinition & { readonly samples?: readonly Sample[] }).samples ?? []).map((sample) => ({
    ...sample,
    codec: codec.name,
  })),
);

/** Whoever calls a customer's own server is not known by its name, but its list opens without the codec too. */
const OPENS_WITHOUT = new Set(['sensors-data ids']);

function entryOf({ url, headers, body }: Sample) {
  return {
    startedDateTime: '2026-01-01T00:00:00.000Z',
    time: 1,
    request: {
      method: 'POST',
      url,
      httpVersion: 'HTTP/1.1',
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      postData: { mimeType: headers['Content-Type'] ?? '', text: body, encoding: 'base64' },
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      headers: [],
      content: { size: 0, mimeType: '' },
    },
  };
}

it('a recorded request of every SDK with a codec is recognised and opened by it', () => {
  const folder = temporaryFolder();
  const har = join(folder, 'codecs.har');
  const db = join(folder, 'codecs.db');
  const device = join(folder, 'phone.json');
  writeFileSync(
    device,
    JSON.stringify({
      name: 'phone',
      identifiers: { imei: ['867532051234567'], mac_address: ['a4:50:46:1b:2c:3d'], android_id: ['9f8e7d6c5b4a3921'] },
    }),
  );
  const log = { version: '1.2', creator: { name: 'test', version: '1' }, entries: samples.map(entryOf) };
  writeFileSync(har, JSON.stringify({ log }));
  expect(telltale(['import', har, '--db', db, '--device', device]).status).toBe(0);
  const { stdout } = telltale(['findings', '--db', db, '--format', 'json']);
  const findings = JSON.parse(stdout) as {
    exchange: number;
    recipient: { id: string };
    decode_chain: string[];
    match: string;
  }[];
  const chains = samples.map(({ codec, variant, chain }, i) => {
    const found = findings.filter(({ exchange }) => exchange === i + 1);
    expect(
      found.map(({ match }) => match),
      variant,
    ).not.toContain('structure');
    const through = found.find(({ decode_chain }) => chain.every((step, at) => decode_chain[at] === step));
    return through === undefined ? `${codec} ${variant}: not through its codec` : `${codec} ${variant}`;
  });
  expect(chains).toEqual(
    samples.map(({ codec, variant }) => {
      const name = `${codec} ${variant}`;
      return OPENS_WITHOUT.has(name) ? `${name}: not through its codec` : name;
    }),
  );
});
