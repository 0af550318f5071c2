import { createHash } from 'node:crypto';
import type { Layer } from '../model/layer.ts';
import type { Hit } from './hit.ts';
import { fieldAround } from './match.ts';
import type { KnownValue } from './patterns/known-value.ts';
import { spellingsOf } from './patterns/spelling.ts';
import { Scanner } from './scan/scanner.ts';

/** Longest key that is looked for. */
const PERIOD_MAX = 16;
/** Bytes of difference that must agree: 64 bits. */
const AGREEING_MIN = 8;
/** Of one layer: what is longer is media or an archive. */
const LAYER_BYTES_MAX = 65_536;
/** Of one body. */
const BODY_BYTES_MAX = 4 * LAYER_BYTES_MAX;

interface Masked {
  readonly value: KnownValue;
  readonly transform: string;
  readonly bytes: Uint8Array;
  readonly period: number;
}

/**
 * Finds values under a repeating-key XOR without the key: where `c[i] ^ c[i+k]` equals `p[i] ^ p[i+k]`, the key of k bytes
 * has fallen out of both. Only bytes that nothing could read are searched; each period costs one more pass over them.
 */
export class XorSearch {
  readonly #masked: readonly Masked[];
  readonly #scanner: Scanner;
  /** The bytes that are searched, four times over: each copy starts one byte later, so that whole words can be combined. */
  readonly #copies = [0, 1, 2, 3].map(() => new Uint8Array(LAYER_BYTES_MAX + PERIOD_MAX + 8));
  readonly #words = this.#copies.map(({ buffer }) => new Uint32Array(buffer));
  readonly #differences = new Uint8Array(LAYER_BYTES_MAX);
  readonly #differenceWords = new Uint32Array(this.#differences.buffer);

  constructor(known: readonly KnownValue[]) {
    this.#masked = known.flatMap((value) => textsOf(value)).flatMap(maskedForms);
    this.#scanner = new Scanner(this.#masked.map(({ bytes, period }) => difference(bytes, period)));
  }

  find(layers: readonly Layer[]): readonly Hit[] {
    let hits = NONE;
    let left = BODY_BYTES_MAX;
    for (let index = 0; index < layers.length && this.#masked.length > 0; index++) {
      const layer = layers[index] as Layer;
      for (const { start, end } of unreadRuns(layers, index)) {
        if (end - start > Math.min(left, LAYER_BYTES_MAX) || isReadable(layer.bytes.subarray(start, end))) continue;
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
    const hits: Hit[] = [];
    for (let shift = 0; shift < 4; shift++) (this.#copies[shift] as Uint8Array).set(bytes.subarray(shift));
    for (let period = 1; period <= PERIOD_MAX && period + AGREEING_MIN <= bytes.length; period++) {
      const length = bytes.length - period;
      this.#subtract(period, length);
      this.#scanner.searchWhole(this.#differences.subarray(0, length), (number, at) => {
        const { value, bytes: plain, transform, period: wanted } = this.#masked[number] as Masked;
        const start = low + at;
        const end = start + plain.length;
        // Multiples of a period say nothing new.
        const isTold = hits.some((hit) => hit.start < end && start < hit.end && hit.dataType === value.dataType);
        if (wanted !== period || isTold || !isMasked(bytes, at, plain, period)) return;
        const field = fieldAround(layer, start, end);
        hits.push({ layer: index, field, start, end, ...value, transform, match: 'known-value' });
      });
    }
    return hits;
  }

  #subtract(period: number, length: number): void {
    const from = this.#words[0] as Uint32Array;
    const later = this.#words[period & 3] as Uint32Array;
    const words = (length + 3) >> 2;
    const ahead = period >> 2;
    for (let i = 0; i < words; i++) {
      this.#differenceWords[i] = (from[i] as number) ^ (later[i + ahead] as number);
    }
  }
}

const NONE: Hit[] = [];

/** The usual texts of a value, and of its usual digests as written. */
function textsOf(value: KnownValue): { value: KnownValue; transform: string; bytes: Uint8Array }[] {
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

/** The text under a key of every length that leaves enough of it; not where the difference is nearly nothing. */
function maskedForms(text: { value: KnownValue; transform: string; bytes: Uint8Array }): Masked[] {
  const forms: Masked[] = [];
  for (let period = 1; period <= PERIOD_MAX && period + AGREEING_MIN <= text.bytes.length; period++) {
    if (new Set(difference(text.bytes, period)).size >= 4) forms.push({ ...text, period });
  }
  return forms;
}

function difference(bytes: Uint8Array, period: number): Uint8Array {
  return Uint8Array.from(
    { length: bytes.length - period },
    (_, i) => (bytes[i] as number) ^ (bytes[i + period] as number),
  );
}

/** A key of zeros is no key, and one of nearly only zeros is a value like this one, written out. */
function isMasked(bytes: Uint8Array, at: number, plain: Uint8Array, period: number): boolean {
  let zeros = 0;
  for (let i = 0; i < period; i++) if (bytes[at + i] === plain[i]) zeros++;
  return zeros * 4 <= period;
}

interface Run {
  readonly start: number;
  readonly end: number;
}

/** Bytes in which no parser found a field and from which no coding led on: a whole layer, or binary fields of one. */
function* unreadRuns(layers: readonly Layer[], index: number): Generator<Run> {
  const { bytes, fields } = layers[index] as Layer;
  if (fields.length === 0) {
    if (bytes.length > AGREEING_MIN && !layers.some(({ parent }) => parent === index))
      yield { start: 0, end: bytes.length };
    return;
  }
  for (const { start, end, text } of fields) {
    if (text !== null || end - start <= AGREEING_MIN) continue;
    const led = layers.some((one) => one.parent === index && one.parentStart < end && start < one.parentEnd);
    if (!led) yield { start, end };
  }
}

/** First bytes of JPEG, PNG, GIF, RIFF, and of an MP4 box. */
function isMedia(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.length)).toString('latin1');
  return /^(?:\xff\xd8\xff|\x89PNG|GIF8|RIFF)|^.{4}ftyp/s.test(head);
}

/** Text and media hide no key. */
function isReadable(bytes: Uint8Array): boolean {
  return isPlainText(bytes) || isMedia(bytes);
}

/** Judged by the beginning: what starts with so much text is text. */
function isPlainText(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length && i < 512; i++) {
    const byte = bytes[i] as number;
    if (byte > 126 || (byte < 32 && byte !== 10 && byte !== 13 && byte !== 9)) return false;
  }
  return true;
}
