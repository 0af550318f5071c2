import type { Field, HeadPart, Layer } from '../model/layer.ts';
import { partAt } from './detection.ts';
import { fieldAround, type Match, valueSpan } from './match.ts';
import type { Pattern } from './patterns/pattern.ts';
import type { PatternSet } from './patterns/pattern-set.ts';
import { PATTERN_BYTES_MIN } from './scan/gram-index.ts';
import { Scanner } from './scan/scanner.ts';
import { standsAsValue } from './standing.ts';

/** Fields longer than this hold no value that counts only as a whole field. */
const WHOLE_FIELD_BYTES_MAX = 64;

/** Matches of one body that are looked at one by one; of a body that repeats a value more often, each pattern's first is. */
const MATCHES_MAX = 20_000;

/** What was matched, and how many repeated matches were passed over. */
export interface Matches {
  readonly matches: readonly Match[];
  readonly passedOver: number;
}

/** Syntaxes whose numbers do not stand in the bytes as digits. */
const BINARY_SYNTAXES = new Set(['protobuf', 'msgpack', 'cbor', 'thrift', 'grpc']);

/** Finds the patterns of a profile in layers: long ones by the scanner, weak and binary-coded ones field by field. */
export class KnownValueSearch {
  readonly patterns: PatternSet;
  /** Tells patterns by their numbers in {@link patterns}. */
  readonly scanner: Scanner;
  /** Patterns that count only as a whole field, by their bytes. */
  readonly #wholeFields = new Map<string, number>();
  /** Which sizes, first and last bytes they have: nearly every field is told by it to be none of them. */
  readonly #wholeFieldEnds = new Uint8Array(65_536);
  /** Values that are whole numbers, by their digits: for numbers that are not written as digits. */
  readonly #numbers = new Map<string, number>();

  constructor(patterns: PatternSet) {
    this.patterns = patterns;
    const scanned: number[] = [];
    for (let number = 0; number < patterns.size; number++) {
      const length = patterns.lengthOf(number);
      const { standing, surface } = patterns.makeOf(number);
      const isWhole = standing === 'whole-field' || length < PATTERN_BYTES_MIN;
      if (isWhole && length <= WHOLE_FIELD_BYTES_MAX) {
        const bytes = patterns.bytesOf(number);
        this.#wholeFields.set(latin1(bytes), number);
        this.#wholeFieldEnds[endsOf(bytes, 0, length)] = 1;
      } else if (!isWhole) scanned.push(number);
      if (surface.name !== 'text' || length > NUMBER_BYTES_MAX) continue;
      const text = latin1(patterns.bytesOf(number));
      if (/^-?\d{6,20}$/.test(text)) this.#numbers.set(text, number);
    }
    this.scanner = new Scanner(patterns, scanned);
  }

  /** Every match that stands where it counts; parts of a head do not run into each other. */
  search(layers: readonly Layer[], parts: readonly HeadPart[] | null): Matches {
    let found: MatchList | null = null;
    const take = (match: Match) => {
      found ??= new MatchList();
      found.take(match);
    };
    for (let index = 0; index < layers.length; index++) {
      const layer = layers[index] as Layer;
      this.scanner.searchWhole(layer.bytes, (number, start) => {
        const match = this.#judge(number, start, layer, index, index === 0 ? parts : null);
        if (match !== null) take(match);
      });
      this.#searchFields(layer, index, take);
    }
    return found ?? NONE;
  }

  #judge(number: number, start: number, layer: Layer, index: number, parts: readonly HeadPart[] | null): Match | null {
    const pattern = this.patterns.at(number);
    const end = start + pattern.bytes.length;
    const part = parts === null ? null : partAt(parts, start);
    if (parts !== null && (part === null || end > part.end)) return null;
    const field = fieldAround(layer, start, end);
    const value = field === null ? null : valueSpan(layer, field);
    const around = {
      bytes: layer.bytes,
      low: part?.start ?? 0,
      high: part?.end ?? layer.bytes.length,
      fieldStart: value?.start ?? -1,
      fieldEnd: value?.end ?? -1,
    };
    return standsAsValue(pattern, start, around) ? { pattern, layer: index, start, end } : null;
  }

  /** Values that only count as a whole field, and numbers that are not written as digits. */
  #searchFields(layer: Layer, index: number, take: (match: Match) => void): void {
    const { fields, bytes } = layer;
    // A value that was decoded out of a field fills a layer of its own.
    if (fields.length === 0 && bytes.length > 0 && this.#mayBeWhole(bytes, 0, bytes.length)) {
      const pattern = this.#wholeField(bytes, 0, bytes.length);
      if (pattern !== null) take({ pattern, layer: index, start: 0, end: bytes.length });
    }
    const isBinary = fields.length > 0 && BINARY_SYNTAXES.has((fields[0] as Field).syntax);
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as Field;
      let { start, end } = field;
      if (end - start > WHOLE_FIELD_BYTES_MAX + 2) continue;
      const first = bytes[start] as number;
      if ((first === 34 || first === 39) && end - start >= 2 && bytes[end - 1] === first) {
        start++;
        end--;
      }
      const whole = this.#mayBeWhole(bytes, start, end) ? this.#wholeField(bytes, start, end) : null;
      const pattern = whole ?? this.#number(field, isBinary);
      if (pattern !== null) take({ pattern, layer: index, start, end });
    }
  }

  #mayBeWhole(bytes: Uint8Array, start: number, end: number): boolean {
    return end - start <= WHOLE_FIELD_BYTES_MAX && this.#wholeFieldEnds[endsOf(bytes, start, end)] === 1;
  }

  #wholeField(bytes: Uint8Array, start: number, end: number): Pattern | null {
    let key = '';
    for (let i = start; i < end; i++) key += String.fromCharCode(bytes[i] as number);
    return this.#patternOf(this.#wholeFields.get(key));
  }

  /** Varints, fixed words, and decimals that a careless serializer wrote as `8.67532051234567E14`. */
  #number({ text }: Field, isBinary: boolean): Pattern | null {
    if (text === null || text.length < 6 || text.length > 24) return null;
    if (isBinary) return this.#patternOf(this.#numbers.get(text));
    if (text.charCodeAt(1) !== 46) return null;
    return /^\d\.\d+e\+?\d{1,2}$/i.test(text) ? this.#patternOf(this.#numbers.get(String(Number(text)))) : null;
  }

  #patternOf(number: number | undefined): Pattern | null {
    return number === undefined ? null : this.patterns.at(number);
  }
}

/** A sign and twenty digits. */
const NUMBER_BYTES_MAX = 21;

function latin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}

/** Size, first and last byte as a number of 16 bits, for a table. */
function endsOf(bytes: Uint8Array, start: number, end: number): number {
  return ((end - start) * 1031 + (bytes[start] as number) * 257 + (bytes[end - 1] as number) * 31) & 0xffff;
}

const NONE: Matches = { matches: [], passedOver: 0 };

/** Takes every match up to the limit, then only those of patterns not met yet: nothing is lost but repetition. */
class MatchList implements Matches {
  readonly matches: Match[] = [];
  passedOver = 0;
  #met: Set<Pattern> | null = null;

  take(match: Match): void {
    if (this.matches.length >= MATCHES_MAX) {
      this.#met ??= new Set(this.matches.map(({ pattern }) => pattern));
      if (this.#met.has(match.pattern)) {
        this.passedOver++;
        return;
      }
      this.#met.add(match.pattern);
    }
    this.matches.push(match);
  }
}
