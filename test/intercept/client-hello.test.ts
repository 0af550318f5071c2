import { describe, expect, it } from 'vitest';
import { parseClientHello } from '../../src/intercept/client-hello.ts';

const GREASE = 0x2a2a;

interface Said {
  readonly version: number;
  readonly ciphers: readonly number[];
  /** Types, in order; those that carry something are filled in. */
  readonly extensions: readonly number[];
  readonly signatures: readonly number[];
  readonly alpn: string | null;
  readonly versions: readonly number[];
}

function vector(width: 1 | 2, ...parts: Buffer[]): Buffer {
  const whole = Buffer.concat(parts);
  const length = Buffer.alloc(width);
  length.writeUIntBE(whole.length, 0, width);
  return Buffer.concat([length, whole]);
}

function words(values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
}

/** A ClientHello (RFC 8446 §4.1.2) in one record, or in records of a few bytes each. */
function clientHello(said: Said, recordBytesMax = 16_384): Buffer {
  const dataOf = (type: number): Buffer => {
    switch (type) {
      case 0:
        return vector(2, Buffer.from([0]), vector(2, Buffer.from('A.Example')));
      case 13:
        return vector(2, words(said.signatures));
      case 16:
        return vector(2, vector(1, Buffer.from(said.alpn ?? '', 'latin1')), vector(1, Buffer.from('http/1.0')));
      case 43:
        return vector(1, words(said.versions));
      default:
        return Buffer.from('whatever');
    }
  };
  const extensions = said.extensions.map((type) => Buffer.concat([words([type]), vector(2, dataOf(type))]));
  const body = Buffer.concat([
    words([said.version]),
    Buffer.alloc(32, 7),
    vector(1, Buffer.alloc(32, 8)),
    vector(2, words(said.ciphers)),
    vector(1, Buffer.from([0])),
    ...(extensions.length === 0 ? [] : [vector(2, ...extensions)]),
  ]);
  const message = Buffer.concat([Buffer.from([1, 0, body.length >> 8, body.length & 255]), body]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += recordBytesMax)
    records.push(Buffer.from([22, 3, 1]), vector(2, message.subarray(at, at + recordBytesMax)));
  return Buffer.concat(records);
}

const NUMBERS: Readonly<Record<string, number>> = { '13': 0x0304, '12': 0x0303, '11': 0x0302, '10': 0x0301 };
const ALPN: Readonly<Record<string, string>> = { h2: 'h2', h1: 'http/1.1', h3: 'h3' };

/**
 * What a client said, from the unsorted and unhashed form of its fingerprint (JA4_ro), with GREASE (RFC 8701) put in where Chrome has it.
 */
function saidIn(original: string): Said {
  const [counted, ciphers, extensions, signatures = ''] = original.split('_') as [string, string, string, string?];
  const list = (text: string) => (text === '' ? [] : text.split(',').map((value) => Number.parseInt(value, 16)));
  const version = NUMBERS[counted.slice(1, 3)] ?? 0;
  const types = list(extensions);
  return {
    version: Math.min(version, 0x0303),
    ciphers: [GREASE, ...list(ciphers)],
    extensions: [GREASE, ...types, GREASE + 0x1010],
    signatures: list(signatures),
    alpn: ALPN[counted.slice(-2)] ?? null,
    versions: [GREASE, version, 0x0303],
  };
}

const CHROME = '1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035';
const CHROME_SIGNATURES = '0403,0804,0401,0503,0805,0501,0806,0601';

/**
 * Published pairs of a fingerprint and its unhashed form: https://github.com/FoxIO-LLC/ja4, python/test/testdata (*.json), which hold
 * what FoxIO's own program says of the ClientHellos in its pcap folder; the name is that of the capture.
 */
const PUBLISHED: readonly (readonly [string, string, string])[] = [
  [
    'browsers-x509.pcapng',
    't13d1516h2_8daaf6152771_e5627efa2ab1',
    `t13d1516h2_${CHROME}_000d,0000,000a,0005,000b,002b,001b,ff01,0033,4469,002d,0023,0017,0012,0010,0015_${CHROME_SIGNATURES}`,
  ],
  [
    'tls-handshake.pcapng',
    't13d1516h1_8daaf6152771_e5627efa2ab1',
    `t13d1516h1_${CHROME}_000d,0033,0000,ff01,002b,0023,002d,0005,0012,000b,0017,4469,0010,001b,000a,0015_${CHROME_SIGNATURES}`,
  ],
  [
    'tls-handshake.pcapng, without ALPN',
    't13d151400_8daaf6152771_de4a06bb82e3',
    `t13d151400_${CHROME}_0033,002b,001b,0000,0012,002d,000d,000a,0005,0023,0017,ff01,000b,0015_${CHROME_SIGNATURES}`,
  ],
  [
    'tls-handshake.pcapng, resumed',
    't13d1517h1_8daaf6152771_6cdcb247c39b',
    `t13d1517h1_${CHROME}_0000,0017,0005,002b,0012,0023,000a,0033,0010,002d,001b,4469,000b,000d,ff01,0015,0029_${CHROME_SIGNATURES}`,
  ],
  [
    'tls12.pcap',
    't13d1715h2_5b57614c22b0_3d5424432f57',
    't13d1715h2_1301,1303,1302,c02b,c02f,cca9,cca8,c02c,c030,c00a,c009,c013,c014,009c,009d,002f,0035_0000,0017,ff01,000a,000b,0023,0010,0005,0022,0033,002b,000d,002d,001c,0015_0403,0503,0603,0804,0805,0806,0401,0501,0601,0203,0201',
  ],
  [
    'latest.pcapng, TLS 1.2',
    't12d190800_d83cc789557e_7af1ed941c26',
    't12d190800_c02c,c02b,c030,c02f,c024,c023,c028,c027,c00a,c009,c014,c013,009d,009c,003d,003c,0035,002f,000a_0000,0005,000a,000b,000d,0023,0017,ff01_0804,0805,0806,0401,0501,0201,0403,0503,0203,0202,0601,0603',
  ],
  [
    'socks-https-example.pcap, TLS 1.0 with nothing but SNI',
    't10d230100_6a57a6f57151_000000000000',
    't10d230100_0039,0038,0035,0016,0013,000a,0033,0032,002f,009a,0099,0096,0005,0004,0015,0012,0009,0014,0011,0008,0006,0003,00ff_0000',
  ],
];

function ja4Of(bytes: Buffer): string {
  const hello = parseClientHello(bytes);
  return typeof hello === 'string' ? hello : hello.ja4;
}

describe('JA4', () => {
  it.each(PUBLISHED)('is what FoxIO published for %s', (_, fingerprint, original) => {
    expect(ja4Of(clientHello(saidIn(original)))).toBe(fingerprint);
  });

  const chrome = saidIn(PUBLISHED[0]?.[2] as string);

  // https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md, "ALPN Extension Value"
  it.each([
    ['http/1.1', 'h1'],
    ['h', 'hh'],
    ['', '00'],
    ['\xab', 'ab'],
    ['\x20', '20'],
    ['\xab\xcd', 'ad'],
    ['\x20\x61', '21'],
    ['\x30\xab', '3b'],
    ['\x61\x20', '60'],
    ['\x30\x31\xab\xcd', '3d'],
    ['\x30\xab\xcd\x31', '01'],
  ])('writes the ALPN %j as %s', (alpn, mark) => {
    expect(ja4Of(clientHello({ ...chrome, alpn })).slice(8, 10)).toBe(mark);
  });

  it('says i without SNI, zeros for empty lists, and counts no further than 99', () => {
    expect(ja4Of(clientHello({ ...chrome, extensions: [], ciphers: [] }))).toBe('t12i000000_000000000000_000000000000');
    const many = Array.from({ length: 120 }, (_, index) => index + 0x100);
    expect(ja4Of(clientHello({ ...chrome, ciphers: many })).slice(0, 8)).toBe('t13d9916');
  });
});

describe('a ClientHello', () => {
  const whole = clientHello(saidIn(PUBLISHED[0]?.[2] as string));

  it('tells its SNI in lower case, and its protocols in order', () => {
    expect(parseClientHello(whole)).toMatchObject({ serverName: 'a.example', alpn: ['h2', 'http/1.0'] });
  });

  it('is the same whatever records it comes in, and incomplete until its last byte', () => {
    const said = saidIn(PUBLISHED[0]?.[2] as string);
    for (const recordBytes of [1, 3, 4, 5, 100]) {
      const split = clientHello(said, recordBytes);
      expect(parseClientHello(split)).toEqual(parseClientHello(whole));
      for (let end = 0; end < split.length; end++) expect(parseClientHello(split.subarray(0, end))).toBe('incomplete');
    }
  });

  it.each([
    ['another record', '15030100020100'],
    ['SSL 2', '802e0100020015000000100100800300'],
    ['a ServerHello', '160301000402000000'],
    ['an empty record', '1603010000'],
    ['lengths that overrun', `1603010026010000220303${'00'.repeat(32)}`],
  ])('is not %s', (_, bytes) => {
    expect(parseClientHello(Buffer.from(bytes, 'hex'))).toBe('invalid');
  });

  it('throws on nothing: each byte in turn is made 0 and 255', () => {
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 255]) {
        const changed = Buffer.from(whole);
        changed[at] = value;
        expect(['string', 'object']).toContain(typeof parseClientHello(changed));
      }
    }
  });
});
