import type { Field } from '../model/layer.ts';
import {
  bufferOf,
  firstRun,
  HAS_AMPERSAND,
  HAS_BACKSLASH,
  HAS_EQUALS,
  HAS_HIGH,
  HAS_OPENER,
  HAS_PERCENT,
  HAS_SLASH_OR_DASH,
  isPrintable,
  isText,
  NOT_BASE64,
  NOT_BASE64URL,
  SIGNS_OF,
  signsOf,
} from './characters.ts';
import { utf16Of } from './codings/charset.ts';
import type { Coding } from './codings/coding.ts';
import { isBareHex } from './codings/hex.ts';
import { octetsOf } from './codings/octets.ts';
import { nextList } from './lists.ts';
import { magicOf } from './magic.ts';
import type { MediaType } from './media-type.ts';
import { nextPart, type Part } from './parts.ts';
import { blobOf, escapedOf, isStructured } from './recognise.ts';
import { latin1Of, locatorOf, type OpenLayer, type Unpacking } from './unpacking.ts';

/** Shorter values are in no coding that could be told from a word, unless a sign of one stands in them. */
const CODED_BYTES_MIN = 16;
const SIGNS_OF_CODING = HAS_OPENER | HAS_EQUALS | HAS_PERCENT | HAS_AMPERSAND | HAS_BACKSLASH;
/** Shorter byte strings are keys and digests. */
const BINARY_BYTES_MIN = 16;

/**
 * Names a value and opens the coding it is in, if any.
 *
 * @param value the value's own bytes where they differ from those at `start..end` of the layer; null when it stands there as is.
 * @param signs of the value's own bytes.
 * @returns false when the limit of fields is reached and the parser should stop.
 */
export function takeValue(
  unpacking: Unpacking,
  layer: OpenLayer,
  syntax: string,
  path: string,
  start: number,
  end: number,
  value: Uint8Array | null,
  signs: number,
): boolean {
  if (!unpacking.field(layer, path, syntax, start, end, textOf(layer, start, end, value, signs))) return false;
  considerValue(unpacking, layer, start, end, value, signs);
  return true;
}

function textOf(layer: OpenLayer, start: number, end: number, value: Uint8Array | null, signs: number): string {
  const isAscii = (signs & HAS_HIGH) === 0;
  if (value !== null) return bufferOf(value).toString(isAscii ? 'latin1' : 'utf8');
  return isAscii ? latin1Of(layer).slice(start, end) : bufferOf(layer.bytes).toString('utf8', start, end);
}

/** Opens the coding of the value that was named last, if it is in one. */
export function considerValue(
  unpacking: Unpacking,
  layer: OpenLayer,
  start: number,
  end: number,
  value: Uint8Array | null,
  signs: number,
): void {
  if (value === null && unpacking.codec === null) {
    if (isPlain(end - start, signs) || isBareHex(layer.bytes, start, end, signs)) return;
  }
  const bytes = value ?? layer.bytes.subarray(start, end);
  if (unpacking.codec !== null) {
    const { path, text } = layer.fields.at(-1) as Field;
    if (unpacking.codec.openField(unpacking, layer, start, end, bytes, path, text ?? '')) return;
  }
  if (isStructured(bytes, signs)) {
    if (value === null && !unpacking.hasRoomForNames(layer, bytes.length)) return;
    unpacking.child(layer, start, end, [locatorOf(layer), 'text'], bytes);
    return;
  }
  const coding = blobOf(bytes, signs) ?? escapedOf(bytes, signs);
  if (coding !== null) unpacking.child(layer, start, end, [locatorOf(layer), coding.step], coding.bytes);
  else if (value !== null) unpacking.child(layer, start, end, [locatorOf(layer), 'text'], value);
  else if (!isOneToken(signs) || (signs & HAS_SLASH_OR_DASH) !== 0)
    considerParts(unpacking, layer, locatorOf, start, bytes, signs);
}

/** Most values: short, and without any sign of a coding. Told from the signs alone, because it is asked of every value. */
function isPlain(length: number, signs: number): boolean {
  if ((signs & SIGNS_OF_CODING) !== 0) return length < 8 && (signs & (HAS_PERCENT | HAS_BACKSLASH)) === 0;
  if (length < CODED_BYTES_MIN) return true;
  return length <= PART_BYTES_MIN && (signs & NOT_BASE64) !== 0 && (signs & NOT_BASE64URL) !== 0;
}

/** Nothing but the characters of one blob: as a whole it was tried, and without a dash it has no parts. */
function isOneToken(signs: number): boolean {
  return (signs & NOT_BASE64) === 0 || (signs & NOT_BASE64URL) === 0;
}

/** Names a value that is a run of bytes, and opens it when it is long enough to hold something. */
export function takeBinary(
  unpacking: Unpacking,
  layer: OpenLayer,
  syntax: string,
  path: string,
  start: number,
  end: number,
  declared: MediaType | null = null,
): boolean {
  const bytes = layer.bytes.subarray(start, end);
  if (isText(bytes)) {
    return takeValue(unpacking, layer, syntax, path, start, end, null, signsOf(bytes, 0, bytes.length));
  }
  if (!unpacking.field(layer, path, syntax, start, end, null)) return false;
  if (bytes.length >= BINARY_BYTES_MIN)
    unpacking.child(layer, start, end, [locatorOf(layer), 'bytes'], bytes, declared);
  return true;
}

const PART_BYTES_MIN = 20;
/** Parts of one text, and lists in it, that are tried. → `limit-layers` */
const PARTS_MAX = 1000;

/**
 * Looks for coded blobs within text that is more than a blob: `Bearer eyJ…`, `v1:<base64>`, lines of a log. Parts are numbered from
 * 0 in the step `part:2`. Only what opens to text or to a compressed form counts here: in prose every long word is a candidate.
 */
export function considerParts(
  unpacking: Unpacking,
  layer: OpenLayer,
  locate: ((layer: OpenLayer) => string) | null,
  start: number,
  bytes: Uint8Array,
  signs: number,
): void {
  if (bytes.length <= PART_BYTES_MIN) return;
  const holds = holdingsOf(bytes);
  if (holds === 0) return;
  const text = bufferOf(bytes).toString('latin1');
  if ((holds & HOLDS_PART) !== 0 && !openParts(unpacking, layer, locate, start, bytes, text)) return;
  // No separator of a list is of base64's alphabet.
  if ((holds & HOLDS_LIST) !== 0 && (signs & NOT_BASE64) !== 0)
    considerLists(unpacking, layer, locate, start, bytes, text);
}

/** Opens the blobs of a text; false when a limit forbids more layers. */
function openParts(
  unpacking: Unpacking,
  layer: OpenLayer,
  locate: ((layer: OpenLayer) => string) | null,
  start: number,
  bytes: Uint8Array,
  text: string,
): boolean {
  let part: Part | null = null;
  for (let number = 0; ; number++) {
    part = nextPart(text, bytes, part?.end ?? 0);
    if (part === null) return true;
    const { start: at, end: to } = part;
    if (number === PARTS_MAX) {
      unpacking.limit('limit-layers', layer, bytes.length - at, PARTS_MAX);
      return true;
    }
    const whole = openedPart(bytes, at, to);
    const from = at + (whole === null ? markLength(text.slice(at, to)) : 0);
    const coding = whole ?? (from > at ? openedPart(bytes, from, to) : null);
    if (coding === null) continue;
    const steps = locate === null ? [] : [locate(layer)];
    if (!unpacking.child(layer, start + from, start + to, [...steps, `part:${number}`, coding.step], coding.bytes))
      return false;
  }
}

const LIST_SEPARATORS_MIN = 5;
/** Where this begins a JWT, a part may be shorter than others. */
const JWT_START = 0x65794a;

const OF_LIST = 1;
const SEPARATOR = 2;
const OF_PART = 4;
/** What a byte can be in a list and in a part. */
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const ofPart = /[A-Za-z0-9+/_-]/.test(character) ? OF_PART : 0;
  return ofPart | (/[,: -]/.test(character) ? SEPARATOR : /[\da-fx\s]/i.test(character) ? OF_LIST : 0);
});

const HOLDS_PART = 1;
const HOLDS_LIST = 2;

/**
 * What a text may hold: a run that could be a part, and enough separators between nothing but digits for a list. To look for them takes
 * ten times as long to say no.
 */
function holdingsOf(bytes: Uint8Array): number {
  let holds = 0;
  let run = 0;
  let separators = 0;
  let last = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const kind = KIND[byte] as number;
    last = ((last << 8) | byte) & 0xffffff;
    if ((kind & OF_PART) === 0) run = 0;
    else if (++run === PART_BYTES_MIN || last === JWT_START) holds |= HOLDS_PART;
    if ((kind & SEPARATOR) !== 0) {
      if (++separators === LIST_SEPARATORS_MIN) holds |= HOLDS_LIST;
    } else if ((kind & OF_LIST) === 0) separators = 0;
    if (holds === (HOLDS_PART | HOLDS_LIST)) return holds;
  }
  return holds;
}

function considerLists(
  unpacking: Unpacking,
  layer: OpenLayer,
  locate: ((layer: OpenLayer) => string) | null,
  start: number,
  bytes: Uint8Array,
  text: string,
): void {
  let found: Part | null = null;
  for (let number = 0; ; number++) {
    found = nextList(text, found?.end ?? 0);
    if (found === null) return;
    const { start: from, end: to } = found;
    if (number === PARTS_MAX) {
      unpacking.limit('limit-layers', layer, bytes.length - from, PARTS_MAX);
      return;
    }
    const list = bytes.subarray(from, to);
    const coding = octetsOf(list, signsOf(list, 0, list.length));
    if (coding === null) continue;
    const steps = [...(locate === null ? [] : [locate(layer)]), `list:${number}`, coding.step];
    if (!unpacking.child(layer, start + from, start + to, steps, coding.bytes)) return;
  }
}

function openedPart(bytes: Uint8Array, from: number, to: number): Coding | null {
  const part = bytes.subarray(from, to);
  const coding = blobOf(part, signsOf(part, 0, part.length));
  if (coding === null) return null;
  return isText(coding.bytes) || magicOf(coding.bytes) !== null || utf16Of(coding.bytes) !== null ? coding : null;
}

/** `id_` and `v2-` in front of a blob, whose alphabet they are in themselves. */
function markLength(part: string): number {
  const mark = /^[A-Za-z][A-Za-z0-9]{0,11}[_-](?=.{16})/.exec(part);
  return mark === null ? 0 : mark[0].length;
}

/** Runs of one layer that are tried. → `limit-layers` */
const RUNS_MAX = 256;

/** Looks for coded text between the bytes of a form that nobody could read. */
export function considerRuns(unpacking: Unpacking, layer: OpenLayer): void {
  const { bytes } = layer;
  let tried = 0;
  for (let at = 0; ; ) {
    const from = firstRun(bytes, at);
    if (from === bytes.length) return;
    if (tried === RUNS_MAX) {
      unpacking.limit('limit-layers', layer, bytes.length - from, RUNS_MAX);
      return;
    }
    at = from;
    let signs = 0;
    while (at < bytes.length && isPrintable(bytes[at] as number)) signs |= SIGNS_OF[bytes[at++] as number] as number;
    const run = bytes.subarray(from, at);
    const step = `part:${tried++}`;
    if (isStructured(run, signs)) {
      if (!unpacking.child(layer, from, at, [step, 'text'], run)) return;
      continue;
    }
    // A length before a text may be a letter or digit itself, and is no part of the code.
    const behind = run.subarray(1);
    const bare = run[0] === behind.length ? openedText(behind, signsOf(behind, 0, behind.length)) : null;
    const coding = bare ?? openedText(run, signs);
    const start = bare === null ? from : from + 1;
    if (coding === null) considerParts(unpacking, layer, () => step, from, run, signs);
    else if (!unpacking.child(layer, start, at, [step, coding.step], coding.bytes)) return;
  }
}

function openedText(text: Uint8Array, signs: number): Coding | null {
  const blob = blobOf(text, signs);
  if (blob !== null) return blob;
  const escaped = escapedOf(text, signs);
  return escaped !== null && isText(escaped.bytes) ? escaped : null;
}
