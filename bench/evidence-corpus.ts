/** Exchanges as a farm's phones make them, from a seed: SDK hosts that repeat, bodies of JSON that do not. */
import type { NewExchange } from '../src/model/evidence.ts';
import type { Headers } from '../src/model/exchange.ts';
import type { Detection } from '../src/model/finding.ts';

export const START = Date.UTC(2026, 10, 21, 20);

/** Mulberry32: small, fast, the same everywhere. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS =
  'imei device android model redmi session start header content appkey channel version event time locale zh_CN'.split(
    ' ',
  );

/** A pool of JSON bodies; {@link distinct} makes each use of one different. */
export function jsonBodies(count: number, bytes: number, next: () => number): readonly Buffer[] {
  const word = () => WORDS[Math.floor(next() * WORDS.length)] as string;
  return Array.from({ length: count }, () => {
    let text = '{"n":"0000000000"';
    while (text.length < bytes - 1)
      text += `,"${word()}_${Math.floor(next() * 1_000)}":"${next().toString(36).slice(2)}${word()}"`;
    return Buffer.from(`${text.slice(0, bytes - 2)}"}`);
  });
}

/** The body with a number of its own written into it. */
export function distinct(body: Buffer, number: number): Buffer {
  body.write(String(number).padStart(10, '0'), 6);
  return body;
}

const REQUEST_HEADERS: Headers = [
  ['Host', 'ulogs.umeng.com'],
  ['User-Agent', 'Dalvik/2.1.0 (Linux; U; Android 13; M2012K11AC Build/TKQ1.220829.002)'],
  ['Content-Type', 'application/json; charset=utf-8'],
  ['Content-Length', '2000'],
  ['Accept-Encoding', 'gzip'],
  ['Connection', 'Keep-Alive'],
];
const RESPONSE_HEADERS: Headers = [
  ['Date', 'Sat, 21 Nov 2026 20:00:00 GMT'],
  ['Content-Type', 'application/json'],
  ['Content-Length', '2000'],
  ['Server', 'nginx'],
  ['X-Request-Id', '4bf92f3577b34da6a3ce929d0e0e4736'],
];
const TYPES = ['imei', 'android_id', 'oaid', 'mac_address', 'serial_number', 'phone_number'];

export function exchangeOf(
  index: number,
  capture: number,
  findings: number,
  next: () => number,
  bodies: Pick<NewExchange, 'requestBody' | 'responseBody'>,
): NewExchange {
  const sdk = Math.floor(next() ** 3 * 60);
  const host = `log${Math.floor(next() * 5)}.sdk${sdk}.example`;
  return {
    capture,
    connection: null,
    startedAt: START + index * 10,
    endedAt: START + index * 10 + Math.floor(next() * 400),
    request: {
      method: next() < 0.7 ? 'POST' : 'GET',
      scheme: 'https',
      host,
      port: 443,
      target: `/v${sdk % 3}/collect/${Math.floor(next() * 20)}?t=${index}`,
      httpVersion: '1.1',
      headers: REQUEST_HEADERS,
    },
    requestTrailers: [],
    response: { status: next() < 0.95 ? 200 : 502, reason: 'OK', httpVersion: '1.1', headers: RESPONSE_HEADERS },
    responseTrailers: [],
    serverAddress: '192.0.2.7',
    recipient: { kind: 'sdk', id: `sdk${sdk}`, name: `SDK ${sdk}` },
    error: null,
    messages: [],
    gaps: [],
    findings: Array.from({ length: findings }, () => detectionOf(next)),
    ...bodies,
  };
}

function detectionOf(next: () => number): Detection {
  const type = Math.floor(next() * TYPES.length);
  const field = `header.f${Math.floor(next() * 12)}`;
  return {
    dataType: TYPES[type] as string,
    valueIndex: 0,
    direction: 'request',
    place: 'body',
    field,
    decodeChain: ['gzip', `json:${field}`],
    offset: Math.floor(next() * 2_000),
    length: 32,
    transform: next() < 0.5 ? 'md5-hex' : 'plain',
    match: 'known-value',
    value: `86753205123456${type}`,
    message: null,
  };
}
