import { spawnSync } from 'node:child_process';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { encode as encodeMessagePack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cborg';
import lzString from 'lz-string';
import { describe, expect, it } from 'vitest';
import { decode, fieldsOf, layersOf, textsOf, wrongSpans } from './decoding.ts';

const IMEI = '867532051234567';
const MAC = 'a4:50:46:1b:2c:3d';
const DOCUMENT = JSON.stringify({ header: { imei: IMEI }, list: [{ mac: MAC }] });

/** What a program of this machine makes of its input; null where there is no such program. */
function made(command: string, args: readonly string[], input: string | Uint8Array): Buffer | null {
  const result = spawnSync(command, args, { input, maxBuffer: 1 << 26 });
  return result.status === 0 ? result.stdout : null;
}

function base32(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{1,5}/g) ?? [];
  const characters = digits.map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
  return characters.padEnd(Math.ceil(characters.length / 8) * 8, '=');
}

function lines(text: string, length: number): string {
  return text.replace(new RegExp(`.{${length}}(?=.)`, 'g'), '$&\n');
}

function pairsOf(text: string): string[] {
  return Buffer.from(text).toString('hex').match(/../g) as string[];
}

const token = ['{"alg":"HS256","typ":"JWT"}', `{"sub":"${IMEI}"}`]
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

describe('a coded blob', () => {
  it.each([
    ['base64', Buffer.from(DOCUMENT).toString('base64')],
    ['base64', Buffer.from(DOCUMENT).toString('base64').replace(/=+$/, '')],
    [
      'base64',
      Buffer.from(DOCUMENT)
        .toString('base64')
        .replace(/(.{60})/g, '$1\n'),
    ],
    ['base64url', Buffer.from(DOCUMENT.replace('list', 'list>>>???')).toString('base64url')],
    ['hex', Buffer.from(DOCUMENT).toString('hex')],
    ['hex', Buffer.from(DOCUMENT).toString('hex').toUpperCase()],
    ['hex', `0x${Buffer.from(DOCUMENT).toString('hex')}`],
    ['base32', base32(DOCUMENT)],
    ['base32', base32(DOCUMENT).toLowerCase()],
    ['percent', encodeURIComponent(DOCUMENT)],
    ['percent percent', encodeURIComponent(encodeURIComponent(DOCUMENT))],
    ['html', DOCUMENT.replaceAll('"', '&quot;').replaceAll(':', '&#58;')],
    ['escapes', DOCUMENT.replaceAll('"', '\\"')],
    ['octets', JSON.stringify([...Buffer.from(DOCUMENT)])],
    ['octets', `[${[...new Int8Array(Buffer.from(DOCUMENT.replace('list', '中')))].join(', ')}]`],
    ['octets', [...Buffer.from(DOCUMENT)].join(' ')],
    ['octets', pairsOf(DOCUMENT).join(':')],
    ['octets', pairsOf(DOCUMENT).join(' ').toUpperCase()],
    ['octets', `{${pairsOf(DOCUMENT).map((pair) => `0x${pair}`)}}`],
    ['octets', `0x${pairsOf(DOCUMENT).join(', 0x')}`],
    ['escapes', `\\x${pairsOf(DOCUMENT).join('\\x')}`],
    ['escapes', [...Buffer.from(DOCUMENT)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')],
    ['quoted-printable', `=${pairsOf(DOCUMENT).join('=').toUpperCase()}`],
    ['base64 utf-16le', Buffer.from(DOCUMENT, 'utf16le').toString('base64')],
    ['hex utf-16le', Buffer.from(DOCUMENT, 'utf16le').toString('hex')],
    ['lz-string', lzString.compressToBase64(DOCUMENT)],
    ['lz-string', lzString.compressToEncodedURIComponent(DOCUMENT)],
    ['base64 gzip', gzipSync(DOCUMENT).toString('base64')],
    ['hex deflate', deflateRawSync(DOCUMENT).toString('hex')],
    ['jwt', `${token}.c2lnbmF0dXJl`],
    ['data-url', `data:application/json;base64,${Buffer.from(DOCUMENT).toString('base64')}`],
    ['jsonp', `callback(${DOCUMENT});`],
    ['jsonp', `)]}',\n${DOCUMENT}`],
  ])('in %s opens as a body, as a JSON value, as a form value and as a header would', (chain, blob) => {
    const steps = chain.split(' ');
    const last = (decoded: ReturnType<typeof decode>) => decoded.layers.at(-1);
    expect(last(decode(blob))?.chain).toEqual(steps);
    expect(textsOf(decode(blob))).toContain(IMEI);
    const inJson = decode(JSON.stringify({ before: 1, data: blob }));
    expect(textsOf(inJson)).toContain(IMEI);
    expect(last(inJson)?.chain[0]).toBe('json:data');
    expect(textsOf(decode(`a=1&data=${encodeURIComponent(blob)}&b=2`))).toContain(IMEI);
    for (const decoded of [decode(blob), inJson]) {
      expect(wrongSpans(decoded)).toEqual([]);
      expect(decoded.gaps).toEqual([]);
    }
  });

  it.each([
    ['a token in a header line', `Bearer ${token}.c2lnbmF0dXJl`, 'part:0 jwt'],
    ['base64 behind a version', `v1:${Buffer.from(DOCUMENT).toString('base64')}`, 'part:0 base64'],
    [
      'gzip in a line of a log',
      `2026-11-21 12:00:00 upload [${gzipSync(DOCUMENT).toString('base64')}] done`,
      'part:0 base64 gzip',
    ],
    ['base64 behind a name in its alphabet', `id_${Buffer.from(DOCUMENT).toString('base64')}`, 'part:0 base64'],
    [
      'base64 in lines',
      `sent:\n${lines(Buffer.from(DOCUMENT + DOCUMENT).toString('base64'), 64)}\nok`,
      'part:0 base64',
    ],
    ['numbers in a line', `sent dev=[${[...Buffer.from(DOCUMENT)]}] ok`, 'list:0 octets'],
    ['pairs in a line', `dev: ${pairsOf(DOCUMENT).join(' ')}; ok`, 'list:0 octets'],
    ['a form nobody knows', `\x7f\x01\u0102\x00${Buffer.from(DOCUMENT).toString('base64')}\x00\x01`, 'part:0 base64'],
  ])('is found in %s', (_, text, chain) => {
    expect(layersOf(decode(text))).toHaveProperty([chain]);
    expect(textsOf(decode(text))).toContain(IMEI);
    expect(textsOf(decode(JSON.stringify({ x: text })))).toContain(IMEI);
  });

  it.each([
    'e5cf9b0d-7b0b-4c7e-9a66-2c2c7b6cb7a2',
    '29b0af7ed86cc3b0faf11cec03ad2ae0',
    'a7f5f35426b927411fc9231b56382173a7f5f35426b927411fc9231b56382173',
    'com/example/application/MainActivity',
    'applicationxwwwformurlencoded',
    'AArch64ProcessorRevision14Model',
    'https://a.example/path/to/page.html',
    'Mozilla/5.0 (Linux; Android 12; M2012K11AC) AppleWebKit/537.36',
    '867532051234567',
    '20261121220000123456',
    '50% off & more',
    'a+b=c',
    'text/html; charset=utf-8',
    '[INFO] started 12 workers',
    'zh-CN,zh;q=0.9,en;q=0.8',
    '1,2,3,4,5,6,7,8,9,10',
    '12:30:45 13:00:00',
    'a4:50:46:1b:2c:3d',
    '10.0.0.1, 10.0.0.2, 10.0.0.3',
    '2026-11-21 12:30:45',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    'thequickbrownfoxjumpsoverthelazydog',
    '2026-11-21T20:31:07.120+08:00',
  ])('is not seen in %j', (text) => {
    expect(layersOf(decode(text))).toEqual({});
    expect(layersOf(decode(JSON.stringify({ a: text })))).toEqual({});
    expect(decode(text).gaps).toEqual([]);
  });

  it('is not seen in random words of any alphabet, but for those that must be base64', () => {
    let seed = 7;
    const next = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const alphabets = [
      '0123456789',
      '0123456789abcdef',
      'abcdefghijklmnopqrstuvwxyz',
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
    ];
    const layered = Array.from({ length: 8000 }, (_, at) => {
      const alphabet = alphabets[at % 4] as string;
      return Array.from({ length: 8 + next(56) }, () => alphabet[next(alphabet.length)]).join('');
    }).filter((word) => decode(word).layers.length > 1);
    expect(layered.length).toBeLessThanOrEqual(4);
  });
});

describe('a document', () => {
  it.each([
    [
      'multipart',
      'multipart/form-data; boundary=b1',
      `--b1\r\nContent-Disposition: form-data; name="imei"\r\n\r\n${IMEI}\r\n--b1\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\nContent-Type: application/json\r\n\r\n${DOCUMENT}\r\n--b1--\r\n`,
      { imei: IMEI, file: DOCUMENT },
    ],
    [
      'multipart without a Content-Type',
      null,
      `--xyz\nContent-Disposition: form-data; name=imei\n\n${IMEI}\n--xyz--`,
      { imei: IMEI },
    ],
    [
      'XML',
      'text/xml',
      `<?xml version="1.0"?><!-- c --><r a="1"><imei>${IMEI}</imei><d mac='${MAC}' n="a&amp;b"/><t><![CDATA[x<y]]></t> tail </r>`,
      { 'r.@a': '1', 'r.imei': IMEI, 'r.d.@mac': MAC, 'r.d.@n': 'a&b', 'r.t': 'x<y', r: 'tail' },
    ],
    ['HTML', null, `<!doctype html><p>a<br>b<input value=${IMEI}>`, { p: 'b', 'p.input.@value': IMEI }],
    ['a query', null, `https://a.example/x?imei=${IMEI}&b=%E4%B8%AD`, { imei: IMEI, b: '中' }],
    [
      'a list of pairs',
      null,
      `android_id=9f8e7d6c5b4a3921##imei=${IMEI}##mac=${MAC}`,
      { android_id: '9f8e7d6c5b4a3921', imei: IMEI, mac: MAC },
    ],
    ['lines of pairs', 'text/plain', `imei=${IMEI}\nmac=${MAC}\n`, { imei: IMEI, mac: MAC }],
    ['lines of JSON', 'application/x-ndjson', `{"a":"${IMEI}"}\n{"a":"${MAC}"}\n`, { a: IMEI, '1.a': MAC }],
  ])('in %s has its fields named', (_, contentType, body, fields) => {
    const decoded = decode(body, { contentType });
    expect(fieldsOf(decoded)).toEqual(fields);
    expect(wrongSpans(decoded)).toEqual([]);
    expect(decoded.gaps).toEqual([]);
  });

  it('inside a part, an element or a pair is read too', () => {
    for (const body of [
      `--b\r\nContent-Disposition: form-data; name="j"\r\n\r\n${DOCUMENT}\r\n--b--`,
      `<r><j>${DOCUMENT.replaceAll('"', '&quot;')}</j></r>`,
      `a=1##j=${DOCUMENT}`,
      `j=${encodeURIComponent(`<r><j>${IMEI}</j></r>`)}`,
      JSON.stringify({ u: `https://a.example/?imei=${IMEI}` }),
    ]) {
      expect(textsOf(decode(body)), body).toContain(IMEI);
    }
  });

  it('in MessagePack or CBOR has its fields named, whatever their type', () => {
    const value = {
      imei: IMEI,
      list: [1, -70000, 2 ** 40, 22.5431, true, null],
      raw: new Uint8Array([1, 2, 3]),
      nested: { '': '中' },
      big: 18446744073709551615n,
    };
    for (const body of [encodeMessagePack(value, { useBigInt64: true }), encodeCbor(value)]) {
      const decoded = decode(body);
      expect(fieldsOf(decoded)).toMatchObject({
        imei: IMEI,
        'list.0': '1',
        'list.1': '-70000',
        'list.2': String(2 ** 40),
        'list.3': '22.5431',
        'list.4': 'true',
        'list.5': 'null',
        raw: null,
        'nested.': '中',
        big: '18446744073709551615',
      });
      expect(wrongSpans(decoded)).toEqual([]);
    }
  });

  it('in protobuf has its fields numbered, without a schema', () => {
    // message { string 1; message 2 { string 1; double 3 }; uint64 3; bytes 4; float 5 }
    const inner = Buffer.concat([delimited(1, MAC), Buffer.from([0x19]), doubleBytes(22.5431)]);
    const body = Buffer.concat([
      delimited(1, IMEI),
      delimited(2, inner),
      Buffer.from([0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
      delimited(4, gzipSync(DOCUMENT)),
    ]);
    for (const contentType of [null, 'application/x-protobuf']) {
      const decoded = decode(body, { contentType });
      expect(fieldsOf(decoded)).toEqual({
        '1': IMEI,
        '2.1': MAC,
        '2.3': '22.5431',
        '3': '18446744073709551615',
        '4': null,
      });
      expect(layersOf(decoded)).toHaveProperty(['protobuf:4 bytes gzip'], DOCUMENT);
      expect(wrongSpans(decoded)).toEqual([]);
    }
  });

  it('in gRPC frames is read, packed or not', () => {
    const message = delimited(1, IMEI);
    const body = Buffer.concat([
      frame(0, message),
      frame(1, gzipSync(delimited(2, MAC))),
      frame(0x80, Buffer.from('grpc-status:0\r\n')),
    ]);
    for (const contentType of ['application/grpc', 'application/grpc-web+proto', null]) {
      const decoded = decode(body, { contentType });
      expect(fieldsOf(decoded, 'grpc:0 bytes')).toEqual({ '1': IMEI });
      expect(fieldsOf(decoded, 'grpc:1 gzip')).toEqual({ '2': MAC });
      expect(decoded.gaps).toEqual([]);
    }
    expect(textsOf(decode(body.toString('base64'), { contentType: 'application/grpc-web-text' }))).toContain(IMEI);
  });

  it.each([
    ['gbk', '{"姓名":"张三丰","型号":"红米手机"}'],
    ['utf-16le', `{"imei":"${IMEI}"}`],
    ['utf-16be', `{"imei":"${IMEI}"}`],
  ])('in %s is turned into UTF-8', (charset, text) => {
    const body = made(
      'python3',
      ['-c', `import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().decode().encode('${charset}'))`],
      text,
    );
    for (const contentType of [null, 'application/json']) {
      const decoded = decode(body as Buffer, { contentType });
      expect(layersOf(decoded)).toMatchObject({ [charset]: text });
      expect(decoded.layers[1]?.fields.length).toBeGreaterThan(0);
      expect(decoded.gaps).toEqual([]);
    }
  });
});

it('a list whose names have brackets, and a document written as a JSON string, are read', () => {
  expect(fieldsOf(decode(`device[imei]=${IMEI}&device%5Bmac%5D=${MAC}`))).toEqual({
    'device[imei]': IMEI,
    'device[mac]': MAC,
  });
  expect(fieldsOf(decode(JSON.stringify(JSON.stringify({ imei: IMEI }))), 'json: text')).toEqual({ imei: IMEI });
});

describe('an archive', () => {
  const script = `
import sys, zipfile, io
out = io.BytesIO()
with zipfile.ZipFile(out, 'w') as archive:
    archive.writestr('a.json', sys.stdin.read(), zipfile.ZIP_DEFLATED)
    archive.writestr('b/c.txt', 'imei=${IMEI}', zipfile.ZIP_STORED)
sys.stdout.buffer.write(out.getvalue())`;
  const archive = made('python3', ['-c', script], DOCUMENT) as Buffer;

  it('has its files opened', () => {
    const decoded = decode(archive);
    expect(layersOf(decoded)).toMatchObject({ 'zip:a.json deflate': DOCUMENT, 'zip:b/c.txt bytes': `imei=${IMEI}` });
    expect(textsOf(decoded)).toContain(IMEI);
    expect(decoded.gaps).toEqual([]);
  });

  it('has its first files opened when its directory is cut off', () => {
    const decoded = decode(archive.subarray(0, archive.indexOf('PK\x01\x02', 0, 'latin1')));
    expect(layersOf(decoded)).toMatchObject({ 'zip:a.json deflate': DOCUMENT });
  });
});

describe('Zstandard', () => {
  const packed = made('zstd', ['-q', '-c', '--no-check'], DOCUMENT.repeat(50));
  const present = packed === null ? it.skip : it;

  present('is taken off, announced or not', () => {
    for (const contentEncodings of [['zstd'], []]) {
      expect(layersOf(decode(packed as Buffer, { contentEncodings })).zstd).toBe(DOCUMENT.repeat(50));
    }
  });

  present('gives whole blocks of a cut body, and says so', () => {
    const text = Array.from({ length: 40_000 }, (_, at) => ((at * 2654435761) >>> 0).toString(36)).join('');
    const long = made('zstd', ['-q', '-c'], text) as Buffer;
    const decoded = decode(long.subarray(0, long.length - 5), { contentEncodings: ['zstd'] });
    const read = Buffer.from(decoded.layers[1]?.bytes ?? []).toString();
    expect(read.length).toBeGreaterThan(100_000);
    expect(text.startsWith(read)).toBe(true);
    expect(decoded.gaps).toMatchObject([{ kind: 'body-cut', at: ['zstd'] }]);
  });

  present('bombs stop at the limit', () => {
    const bomb = made('zstd', ['-q', '-c'], Buffer.alloc(40_000_000)) as Buffer;
    const decoded = decode(bomb, { contentEncodings: ['zstd'] }, { decodedBytesMax: 1_000_000 });
    expect(decoded.layers[1]?.bytes.length).toBe(1_000_000);
    expect(decoded.gaps).toMatchObject([{ kind: 'limit-decoded-bytes' }]);
  });
});

function delimited(number: number, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}

function doubleBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function frame(flags: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}
