import {
  bufferOf,
  HAS_AMPERSAND,
  HAS_BACKSLASH,
  HAS_CONTROL,
  HAS_DIGIT,
  HAS_LOWER,
  HAS_UPPER,
  isSpace,
  NOT_HEX,
  signsOf,
} from './characters.ts';
import type { Coding } from './codings/coding.ts';
import { decodeEntities } from './codings/escapes.ts';
import { bytesOfNumbers } from './codings/octets.ts';
import { parseMediaType } from './media-type.ts';
import { blobOf, escapedOf, wrappedJsonOf } from './recognise.ts';
import { readJson } from './syntaxes/json.ts';
import { boundaryOf, readMultipart } from './syntaxes/multipart.ts';
import { pairSeparatorOf, readPairList } from './syntaxes/pair-list.ts';
import { readForm } from './syntaxes/pairs.ts';
import { readXml } from './syntaxes/xml.ts';
import { latin1Of, type OpenLayer, signsOfLayer, type Unpacking } from './unpacking.ts';
import { considerParts, considerRuns, considerValue, takeBinary, takeValue } from './values.ts';

const BRACE = 0x7b;
const BRACKET = 0x5b;
const QUOTE = 0x22;
const LESS = 0x3c;

/** Reads a layer that is text: the documents, lists and coded blobs that text can be. */
export function openText(unpacking: Unpacking, layer: OpenLayer): void {
  const { bytes, declared } = layer;
  const first = bytes[firstNonSpace(bytes)];
  if (
    (first === BRACE || first === BRACKET || (first === QUOTE && (saysJson(layer) || isQuotedDocument(bytes)))) &&
    openJson(unpacking, layer)
  )
    return;
  if (first === LESS && openXml(unpacking, layer)) return;
  const signs = signsOfLayer(layer);
  const blob = blobOf(bytes, signs) ?? (layer.parent === -1 ? wholeHexOf(bytes, signs) : null);
  if (blob !== null) {
    unpacking.child(layer, 0, bytes.length, [blob.step], blob.bytes);
    return;
  }
  if ((first === 0x2d || declared?.boundary != null) && openMultipart(unpacking, layer)) return;
  if (openPairs(unpacking, layer)) return;
  // What holds control characters is no text that somebody coded as a whole.
  if ((signs & HAS_CONTROL) !== 0) {
    considerRuns(unpacking, layer);
    return;
  }
  const coding = wrappedJsonOf(bytes) ?? escapedOf(bytes, signs);
  if (coding === null) considerParts(unpacking, layer, null, 0, bytes, signs);
  else unpacking.child(layer, 0, bytes.length, [coding.step], coding.bytes);
}

/** A body that is nothing but hex is no digest of itself, however short. */
function wholeHexOf(bytes: Uint8Array, signs: number): Coding | null {
  if ((signs & NOT_HEX) !== 0 || (signs & HAS_DIGIT) === 0 || bytes.length < WHOLE_HEX_MIN || bytes.length % 2 !== 0)
    return null;
  if ((signs & (HAS_UPPER | HAS_LOWER)) === 0) return null;
  return { step: 'hex', bytes: Buffer.from(bufferOf(bytes).toString('latin1'), 'hex') };
}

const WHOLE_HEX_MIN = 66;

function firstNonSpace(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && isSpace(bytes[at] as number)) at++;
  return at;
}

/** `"{\"imei\":…}"`: a document that was written as a JSON string. */
function isQuotedDocument(bytes: Uint8Array): boolean {
  const next = bytes[firstNonSpace(bytes) + 1];
  return next === BRACE || next === BRACKET;
}

function saysJson(layer: OpenLayer): boolean {
  return layer.declared?.name.endsWith('json') ?? false;
}

const STOPPED = { cut: 'body-cut', malformed: 'decode-failed', nesting: 'limit-depth' } as const;
/** Text that merely starts with a bracket (`[INFO] …`) reads as this many values at most. */
const VALUES_BY_CHANCE_MAX = 2;

/** Reads JSON; false when the bytes only start like it. */
export function openJson(unpacking: Unpacking, layer: OpenLayer): boolean {
  const { bytes } = layer;
  const layersBefore = unpacking.layers.length;
  const end = readJson(
    bytes,
    latin1Of(layer),
    (path, start, stop, text, signs) => {
      if (!unpacking.field(layer, path, 'json', start, stop, text)) return false;
      if ((signs & HAS_BACKSLASH) === 0) considerValue(unpacking, layer, start, stop, null, signs);
      else considerEscaped(unpacking, layer, start, stop, text);
      return true;
    },
    (path, start, stop) => openNumbers(unpacking, layer, path, start, stop),
  );
  if (end.stopped === 'end' || end.stopped === 'taker') return true;
  const brokeOff = end.stopped === 'nesting' || end.at >= bytes.length;
  const byChance = bytes[firstNonSpace(bytes)] === BRACKET ? VALUES_BY_CHANCE_MAX : 0;
  if (!saysJson(layer) && !brokeOff && end.values <= byChance) {
    unpacking.takeBack(layer, layersBefore);
    return false;
  }
  unpacking.gap(STOPPED[end.stopped], layer, bytes.length - end.at, null, 'json');
  return true;
}

/** A byte array as Gson, Jackson and `JSON.stringify` write one: a list of numbers. */
function openNumbers(unpacking: Unpacking, layer: OpenLayer, path: string, start: number, end: number): void {
  const octets = bytesOfNumbers(latin1Of(layer).slice(start, end).split(',').map(Number));
  if (octets === null || !unpacking.hasRoomForNames(layer, octets.length)) return;
  unpacking.child(layer, start, end, path === '' ? ['octets'] : [`json:${path}`, 'octets'], octets);
}

function considerEscaped(unpacking: Unpacking, layer: OpenLayer, start: number, end: number, text: string): void {
  // `http:\/\/…`: nothing that is looked for reads otherwise for it, and lists of links would use up the layers.
  if (text.includes('://') && !text.includes('=') && latin1Of(layer).slice(start, end).replaceAll('\\/', '/') === text)
    return;
  const value = Buffer.from(text, 'utf8');
  considerValue(unpacking, layer, start, end, value, signsOf(value, 0, value.length));
}

function openXml(unpacking: Unpacking, layer: OpenLayer): boolean {
  const { bytes } = layer;
  if (!/^\s*<(?:[A-Za-z_]|!--|!\[CDATA\[|!doctype|\?xml)/i.test(bufferOf(bytes).toString('latin1', 0, 200)))
    return false;
  readXml(bytes, latin1Of(layer), (path, start, end) => {
    const signs = signsOf(bytes, start, end);
    const hasEntities = (signs & HAS_AMPERSAND) !== 0;
    const decoded = hasEntities ? decodeEntities(bufferOf(bytes).toString('utf8', start, end)) : null;
    if (decoded === null) return takeValue(unpacking, layer, 'xml', path, start, end, null, signs);
    const value = Buffer.from(decoded, 'utf8');
    return takeValue(unpacking, layer, 'xml', path, start, end, value, signsOf(value, 0, value.length));
  });
  return true;
}

/** Reads a multipart body; false when no boundary can be found in it. */
export function openMultipart(unpacking: Unpacking, layer: OpenLayer): boolean {
  const boundary = layer.declared?.boundary ?? boundaryOf(layer.bytes);
  if (boundary === null) return false;
  const parts = readMultipart(layer.bytes, boundary);
  for (const { name, contentType, start, end } of parts) {
    if (!takeBinary(unpacking, layer, 'multipart', name, start, end, parseMediaType(contentType))) break;
  }
  return parts.length > 0;
}

/** Reads a form, the query of a URL, or a list of pairs with another separator; false when the text is none of them. */
function openPairs(unpacking: Unpacking, layer: OpenLayer): boolean {
  const { bytes } = layer;
  const question = queryStart(bytes);
  if (question > 0) {
    readFormFields(unpacking, layer, 'query', question, bytes.length);
    return true;
  }
  const separator = pairSeparatorOf(bytes);
  const isForm = layer.declared?.name === 'application/x-www-form-urlencoded' || separator === '&';
  if (isForm || (separator === null && looksLikePair(bytes))) {
    readFormFields(unpacking, layer, 'form', 0, bytes.length);
    return true;
  }
  if (separator === null) return false;
  readPairList(latin1Of(layer), separator, (name, start, end) =>
    takeValue(unpacking, layer, 'form', name, start, end, null, signsOf(bytes, start, end)),
  );
  return true;
}

/** Where the parameters of a URL start, when the text is one; 0 otherwise. */
function queryStart(bytes: Uint8Array): number {
  const head = bufferOf(bytes).toString('latin1', 0, 4096);
  return /^\s*(?:[a-z][a-z0-9+.-]{1,20}:\/\/|\/)?[^\s?#=&"{}]*\?(?=[^\s=&?]{1,100}=)/i.exec(head)?.[0].length ?? 0;
}

/** One pair alone, without white space: `data=…`. */
function looksLikePair(bytes: Uint8Array): boolean {
  const head = bufferOf(bytes).toString('latin1', 0, 1024);
  return /^[A-Za-z_][\w.$[\]-]{0,63}=(?:[^\s=]+$|[{[%]|[^\s=]{20})/.test(head);
}

export function readFormFields(
  unpacking: Unpacking,
  layer: OpenLayer,
  syntax: 'form' | 'query',
  start: number,
  end: number,
): void {
  readForm(layer.bytes, start, end, (name, from, to, value, signs) =>
    takeValue(unpacking, layer, syntax, name, from, to, value, signs),
  );
}
