import { createHash } from 'node:crypto';
import type { Field, Layer } from '../model/layer.ts';
import type { Hit } from './hit.ts';
import { fieldAround } from './match.ts';
import { isWord } from './neighbours.ts';
import type { KnownValue } from './patterns/known-value.ts';
import { spellingsOf } from './patterns/spelling.ts';
import { SIFTED_BYTES_MAX, siftAgreeing } from './sieve/sieve.ts';

/** Longest key that is looked for. */
const PERIOD_MAX = 16;
/** Bytes of difference that must agree: 64 bits. */
const AGREEING_MIN = 8;
/** Of one layer: what is longer is media or an archive. */
const LAYER_BYTES_MAX = SIFTED_BYTES_MAX;
/** Of one body. */
const BODY_BYTES_MAX = 4 * LAYER_BYTES_MAX;

interface Masked {
  readonly value: KnownValue;
  readonly transform: string;
  readonly bytes: Uint8Array;
  /** What is left of them when the key has fallen out. */
  readonly difference: Uint8Array;
}

/**
 * Finds values under a repeating-key XOR without the key: where `c[i] ^ c[i+k]` equals `p[i] ^ p[i+k]`, the key of k bytes
 * has fallen out of both. Only bytes that nothing could read are searched.
 *
 * Differences of ASCII have no highest bit, so that the highest bits alone rule out nearly every place of every period; the few that
 * are left are compared.
 */
export class XorSearch {
  /** By period, then by the first four bytes of the difference. */
  readonly #masked: readonly ReadonlyMap<number, readonly Masked[]>[];
  /** By a hash of these four bytes: a bit for each period that has such a difference. */
  readonly #heads = new Uint16Array(HEADS);

  constructor(known: readonly KnownValue[]) {
    const texts = known.flatMap((value) => textsOf(value));
    this.#masked = Array.from({ length: PERIOD_MAX }, (_, i) =>
      byHead(texts.flatMap((text) => maskedForm(text, i + 1))),
    );
    for (const [i, heads] of this.#masked.entries()) {
      for (const head of heads.keys()) this.#heads[hashed(head)] = (this.#heads[hashed(head)] as number) | (1 << i);
    }
  }

  find(layers: readonly Layer[]): readonly Hit[] {
    let hits = NONE;
    let left = BODY_BYTES_MAX;
    for (let index = 0; index < layers.length; index++) {
      const layer = layers[index] as Layer;
      for (const { start, end } of unreadRuns(layers, index)) {
        if (end - start > Math.min(left, LAYER_BYTES_MAX) || hidesNothing(layer, start, end)) continue;
        left -= end - start;
        for (const hit of this.#findIn(layer, index, start, end)) {
          if (hits === NONE) hits = [];
          hits.push(hit);
        }
      }
    }
    return hits;
  }

  #findIn(layer: Layer, index: number, low: number, high: number): readonly Hit[] {
    const bytes = layer.bytes.subarray(low, high);
    let hits = NONE;
    siftAgreeing(bytes, PERIOD_MAX, (at, period) => {
      for (const { value, bytes: plain, transform } of this.#maskedAt(bytes, at, period)) {
        const start = low + at;
        const end = start + plain.length;
        // Multiples of a period say nothing new.
        const isTold = hits.some((hit) => hit.start < end && start < hit.end && hit.dataType === value.dataType);
        if (isTold || !isMasked(bytes, at, plain, period) || !standsAlone(bytes, at, plain, period)) continue;
        if (hits === NONE) hits = [];
        const field = fieldAround(layer, start, end);
        hits.push({ layer: index, field, start, end, ...value, transform, match: 'known-value' });
      }
    });
    return hits;
  }

  /** What is looked for and has the difference over a period that stands at a place. */
  #maskedAt(bytes: Uint8Array, at: number, period: number): readonly Masked[] {
    const head = headOf(bytes, at, period);
    if (((this.#heads[hashed(head)] as number) & (1 << (period - 1))) === 0) return NOTHING_MASKED;
    const found = this.#masked[period - 1]?.get(head) ?? NOTHING_MASKED;
    return found.filter(({ difference }) => agrees(bytes, at, period, difference));
  }
}

const NOTHING_MASKED: readonly Masked[] = [];

/** A power of two. */
const HEADS = 65_536;

function hashed(head: number): number {
  return Math.imul(head, 0x9e3779b1) >>> 16;
}

/** Four bytes of the difference over a period. */
function headOf(bytes: Uint8Array, at: number, period: number): number {
  let head = 0;
  for (let i = at; i < at + 4; i++) head = (head << 8) | ((bytes[i] as number) ^ (bytes[i + period] as number));
  return head;
}

function agrees(bytes: Uint8Array, at: number, period: number, difference: Uint8Array): boolean {
  if (at + difference.length + period > bytes.length) return false;
  for (let i = 0; i < difference.length; i++) {
    if (((bytes[at + i] as number) ^ (bytes[at + i + period] as number)) !== difference[i]) return false;
  }
  return true;
}

function byHead(masked: readonly Masked[]): ReadonlyMap<number, readonly Masked[]> {
  const heads = new Map<number, Masked[]>();
  for (const one of masked) {
    const head = headOf(one.bytes, 0, one.bytes.length - one.difference.length);
    heads.set(head, [...(heads.get(head) ?? []), one]);
  }
  return heads;
}

const NONE: Hit[] = [];

/** The usual texts of a value, and of its usual digests as written. */
function textsOf(value: KnownValue): Text[] {
  const texts = spellingsOf(value.dataType, value.value)
    .filter(({ common, text }) => common && text !== null)
    .map(({ bytes }) => ({ value, transform: 'xor', bytes }));
  const digests = ['md5', 'sha1', 'sha256'].map((name) => ({
    value,
    transform: `xor(${name}-hex)`,
    bytes: Buffer.from(createHash(name).update(value.value).digest('hex'), 'latin1'),
  }));
  return [...texts, ...digests];
}

interface Text {
  readonly value: KnownValue;
  readonly transform: string;
  readonly bytes: Uint8Array;
}

/**
 * The text under a key that leaves enough of it; not where the difference is nearly nothing, nor where ASCII and other characters
 * stand a period apart.
 */
function maskedForm(text: Text, period: number): Masked[] {
  if (period + AGREEING_MIN > text.bytes.length) return [];
  const left = difference(text.bytes, period);
  return new Set(left).size < 4 || left.some((byte) => byte > 0x7f) ? [] : [{ ...text, difference: left }];
}

function difference(bytes: Uint8Array, period: number): Uint8Array {
  return Uint8Array.from(
    { length: bytes.length - period },
    (_, i) => (bytes[i] as number) ^ (bytes[i + period] as number),
  );
}

/**
 * A key of zeros is no key, and one of nearly only zeros is a value like this one, written out. Where the value is shorter than two
 * keys, some of it agrees with anything: a key that repeats within itself but for one byte is that of a value like this one.
 */
function isMasked(bytes: Uint8Array, at: number, plain: Uint8Array, period: number): boolean {
  const key = Uint8Array.from({ length: period }, (_, i) => (bytes[at + i] as number) ^ (plain[i] as number));
  if (key.filter((byte) => byte === 0).length * 4 > period) return false;
  if (plain.length >= 2 * period) return true;
  for (let shorter = 1; shorter <= period / 2; shorter++) {
    let breaks = 0;
    for (let i = shorter; i < period; i++) if (key[i] !== key[i - shorter]) breaks++;
    if (breaks <= 2) return false;
  }
  return true;
}

/** Under the same key no letter or digit stands beside the value. */
function standsAlone(bytes: Uint8Array, at: number, plain: Uint8Array, period: number): boolean {
  const end = at + plain.length;
  const key = (i: number) => (bytes[at + (i % period)] as number) ^ (plain[i % period] as number);
  const before = at === 0 ? -1 : (bytes[at - 1] as number) ^ key(period - 1);
  const after = end === bytes.length ? -1 : (bytes[end] as number) ^ key(plain.length);
  return !isWord(before) && !isWord(after);
}

interface Run {
  readonly start: number;
  readonly end: number;
}

const NO_RUNS: readonly Run[] = [];

/** Bytes in which no parser found a field and which no coding led on from as a whole: a layer, or binary fields of one. */
function unreadRuns(layers: readonly Layer[], index: number): readonly Run[] {
  const { bytes, fields } = layers[index] as Layer;
  if (fields.length === 0) {
    const isRead = (one: Layer) => one.parent === index && one.parentStart === 0 && one.parentEnd === bytes.length;
    const isUnread = bytes.length > AGREEING_MIN && !layers.some(isRead);
    return isUnread ? [{ start: 0, end: bytes.length }] : NO_RUNS;
  }
  let runs: Run[] | null = null;
  for (let i = 0; i < fields.length; i++) {
    const { start, end, text } = fields[i] as Field;
    if (text !== null || end - start <= AGREEING_MIN) continue;
    if (layers.some((one) => one.parent === index && one.parentStart < end && start < one.parentEnd)) continue;
    runs ??= [];
    runs.push({ start, end });
  }
  return runs ?? NO_RUNS;
}

/** First bytes of JPEG, PNG, GIF, RIFF, and of an MP4 box. */
function isMedia(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.length)).toString('latin1');
  return /^(?:\xff\xd8\xff|\x89PNG|GIF8|RIFF)|^.{4}ftyp/s.test(head);
}

/** Text that somebody coded may be masked text: some keys of one byte turn letters and digits into others. */
const CODED_TEXT_BYTES_MAX = 2_048;
const CODINGS = /^(?:base64|base64url|base32|hex)$/;

/** Text and media hide no key, except short text that was not worth coding as it stands. */
function hidesNothing({ bytes, chain }: Layer, start: number, end: number): boolean {
  const run = bytes.subarray(start, end);
  if (isMedia(run)) return true;
  return isPlainText(run) && (run.length > CODED_TEXT_BYTES_MAX || !CODINGS.test(chain.at(-1) ?? ''));
}

/** Judged by the beginning: what starts with so much text is text. */
function isPlainText(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length && i < 512; i++) {
    const byte = bytes[i] as number;
    if (byte > 126 || (byte < 32 && byte !== 10 && byte !== 13 && byte !== 9)) return false;
  }
  return true;
}
