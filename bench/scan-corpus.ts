import { generatePatterns } from '../src/detect/patterns/generate.ts';

/** A repeatable source of numbers (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** As many real patterns of 9 to 128 bytes as asked for, of invented phones. */
export function realPatterns(count: number, seed: number): readonly Uint8Array[] {
  const below = random(seed);
  const digits = (size: number) => Array.from({ length: size }, () => below(10)).join('');
  const hex = (size: number) => Array.from({ length: size }, () => below(16).toString(16)).join('');
  const found = new Map<string, Uint8Array>();
  while (found.size < 1.2 * count) {
    const values = {
      imei: `86${digits(13)}`,
      android_id: hex(16),
      mac_address: (hex(12).match(/../g) as string[]).join(':'),
      oaid: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
      serial_number: `R58M${digits(7)}`,
      imsi: `46000${digits(10)}`,
      iccid: `898600${digits(14)}`,
    };
    const known = Object.entries(values).map(([dataType, value]) => ({ dataType, valueIndex: 0, value }));
    const patterns = generatePatterns(known, { salts: [] });
    for (let number = 0; number < patterns.size; number++) {
      const bytes = patterns.bytesOf(number);
      if (bytes.length >= 9 && bytes.length <= 128) found.set(Buffer.from(bytes).toString('latin1'), bytes);
    }
  }
  const all = [...found.values()];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as Uint8Array);
}

export const BODY_KINDS = ['json', 'form', 'base64', 'binary'] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

/** Megabytes of bodies of one kind, with one of the patterns in every 64 KB. */
export function bodies(kind: BodyKind, size: number, patterns: readonly Uint8Array[], seed: number): Uint8Array {
  const below = random(seed);
  const out = Buffer.alloc(size + 4096);
  let at = 0;
  while (at < size) at += out.write(record(kind, below), at, 'latin1');
  if (kind === 'binary') for (let i = 0; i < size; i++) out[i] = below(256);
  for (let place = 1000; place + 200 < size; place += 65_536)
    out.set(patterns[below(patterns.length)] as Uint8Array, place);
  return out.subarray(0, size);
}

/** Whole bodies of one kind and size that are what they say: a JSON document, a form, one base64 text, random bytes. */
export function messages(kind: BodyKind, total: number, size: number, seed: number): readonly Uint8Array[] {
  const below = random(seed);
  return Array.from({ length: Math.ceil(total / size) }, () => {
    if (kind === 'binary') return Uint8Array.from({ length: size }, () => below(256));
    const records: string[] = [];
    for (let length = 0; length < size; length += (records.at(-1) as string).length) records.push(record(kind, below));
    if (kind === 'json') return Buffer.from(`{"events":[${records.map((one) => one.trim()).join(',')}]}`);
    return Buffer.from(
      kind === 'form' ? records.join('').slice(0, -1) : Buffer.from(records.join('')).toString('base64'),
    );
  });
}

const KEYS = 'event time session device os_version screen network page duration referrer id channel build user'.split(
  ' ',
);
const WORDS =
  'open close click view purchase wifi 4g android huawei com.example.shop home detail list zh_CN true'.split(' ');

function record(kind: BodyKind, below: (bound: number) => number): string {
  const hex = (size: number) => Array.from({ length: size }, () => below(16).toString(16)).join('');
  const value = (): string =>
    [
      () => WORDS[below(WORDS.length)] as string,
      () => String(1_700_000_000_000 + below(1_000_000_000)),
      () => hex(32),
      () => `${below(10_000)}.${below(100)}`,
    ][below(4)]?.() as string;
  const pairs = Array.from({ length: 12 }, () => [KEYS[below(KEYS.length)], value()] as const);
  if (kind === 'json') return `{${pairs.map(([key, text]) => `"${key}":"${text}"`).join(',')}}\n`;
  if (kind === 'form') return `${pairs.map(([key, text]) => `${key}=${encodeURIComponent(text)}`).join('&')}&`;
  if (kind === 'base64')
    return Buffer.from(pairs.map(([key, text]) => `${key}${text}`).join('\u0000')).toString('base64');
  return '\u0000'.repeat(4096);
}
