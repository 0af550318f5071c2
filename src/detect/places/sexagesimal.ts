import type { Layer } from '../../model/layer.ts';
import { Sieve } from '../sieve/sieve.ts';

/** Told of each angle in degrees, minutes and seconds; `decimals` as many as its last part is worth in degrees. */
export type TakeAngle = (degrees: number, decimals: number, start: number, end: number) => void;

/** Layers longer than this are no message that tells where somebody is. */
const LAYER_BYTES_MAX = 1_048_576;

/** Longer values are documents: what they hold is read in layers of their own. */
const VALUE_CHARACTERS_MAX = 400;

/** What the ways of writing an angle have behind a digit, as they are or escaped, so that most layers are passed over by one search. */
const MARKS = ['\u00b0', '\\u00b0', '\\u00B0', '%C2%B0', '&deg;', '&#176;', '/1,', ',N,', ',S,'].map((mark) =>
  Buffer.from(mark, 'utf8'),
);
const startOf = (place: number) =>
  Uint8Array.from({ length: 256 }, (_, byte) => (MARKS.some((mark) => mark[place] === byte) ? 1 : 0));
/** Where a mark's second byte may stand. */
const MARKED = new Sieve(startOf(0), startOf(1));

/** `30°14'45.15"N`, `N 30° 14′ 45″`, `30°14.752'`. */
const DEGREES =
  /([NSEW])?\s?(\d{1,3})°\s?(?:(\d{1,2}(?:\.\d{1,8})?)\s?['‘’′]\s?)?(?:(\d{1,2}(?:\.\d{1,8})?)\s?(?:\\?"|''|[“”″]))?\s?([NSEW])?/g;
/** `30/1,14/1,45146/1000`, as EXIF has it. */
const FRACTIONS = /(?<![\d/])(\d{1,3})\/1,\s?(\d{1,2})\/1,\s?(\d{1,9})\/(\d{1,9})(?![\d/])/g;
/** `3014.7524,N,12009.0562,E`, as receivers write it (NMEA 0183). */
const RECEIVED = /(?<![\d.])(\d{2})(\d{2}\.\d{2,8}),([NS]),(\d{3})(\d{2}\.\d{2,8}),([EW])/g;

/** A hundredth of a second is a third of a metre, a second thirty; a minute nearly two kilometres. */
const SECONDS_DECIMALS = 5;
const MINUTES_DECIMALS = 2;

/** Angles that a text, or the values of a document, write in parts of sixty. */
export function takeAngles({ bytes, fields }: Layer, take: TakeAngle): void {
  if (bytes.length > LAYER_BYTES_MAX) return;
  if (!hasMark(bytes)) return;
  if (fields.length === 0)
    takeFrom(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'), 0, take);
  for (const { text, start, end } of fields) {
    if (text === null || text.length > VALUE_CHARACTERS_MAX) continue;
    // Where escapes make the text another than the bytes, the value stands for what is in it.
    const isWrittenOut = end - start === Buffer.byteLength(text);
    takeFrom(text, start, isWrittenOut ? take : (degrees, decimals) => take(degrees, decimals, start, end));
  }
}

function hasMark(bytes: Uint8Array): boolean {
  let has = false;
  MARKED.sift(bytes, 0, bytes.length, (second) => {
    has ||= isDigit(bytes[second - 2]) && MARKS.some((mark) => stands(mark, bytes, second - 1));
  });
  return has;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function stands(mark: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < mark.length; i++) if (bytes[start + i] !== mark[i]) return false;
  return true;
}

function takeFrom(text: string, start: number, take: TakeAngle): void {
  const from = (at: number) => start + Buffer.byteLength(text.slice(0, at));
  const takeAt: TakeAngle = (degrees, decimals, low, high) => take(degrees, decimals, from(low), from(high));
  takeDegrees(text, takeAt);
  takeFractions(text, takeAt);
  takeReceived(text, takeAt);
}

function takeDegrees(text: string, take: TakeAngle): void {
  for (const match of text.matchAll(DEGREES)) {
    const [whole, before, degrees, minutes = '0', seconds, after] = match;
    const size = Number(degrees) + Number(minutes) / 60 + Number(seconds ?? 0) / 3600;
    const isPrecise = seconds !== undefined || minutes.includes('.');
    const sign = /[SW]/.test(`${before ?? ''}${after ?? ''}`) ? -1 : 1;
    take(sign * size, isPrecise ? SECONDS_DECIMALS : MINUTES_DECIMALS, match.index, match.index + whole.length);
  }
}

function takeFractions(text: string, take: TakeAngle): void {
  for (const match of text.matchAll(FRACTIONS)) {
    const [whole, degrees, minutes, seconds, parts] = match;
    const size = Number(degrees) + Number(minutes) / 60 + Number(seconds) / Number(parts) / 3600;
    if (Number.isFinite(size)) take(size, SECONDS_DECIMALS, match.index, match.index + whole.length);
  }
}

function takeReceived(text: string, take: TakeAngle): void {
  for (const match of text.matchAll(RECEIVED)) {
    const [whole, north = '', northMinutes = '', ns = '', east, eastMinutes, ew] = match;
    const middle = match.index + north.length + northMinutes.length + ns.length + 2;
    const angle = (degrees: string | undefined, minutes: string | undefined) => Number(degrees) + Number(minutes) / 60;
    take((ns === 'S' ? -1 : 1) * angle(north, northMinutes), SECONDS_DECIMALS, match.index, middle - 1);
    take((ew === 'W' ? -1 : 1) * angle(east, eastMinutes), SECONDS_DECIMALS, middle, match.index + whole.length);
  }
}
