import { bufferOf, HAS_BACKSLASH, HAS_HIGH, isSpace, signsOf } from './characters.ts';
import { unpackZlib, type ZlibForm } from './codings/zlib-prefix.ts';
import { magicOf } from './magic.ts';
import { readJson } from './syntaxes/json.ts';
import { readForm } from './syntaxes/pairs.ts';
import { latin1Of, type OpenLayer, type Unpacking } from './unpacking.ts';
import { codingOf, considerValue } from './values.ts';

/** Finds out what a layer's bytes are, names their fields, and opens what is coded within. */
export function lookInto(unpacking: Unpacking, layer: OpenLayer): void {
  const { bytes } = layer;
  if (bytes.length === 0) return;
  const magic = magicOf(bytes);
  if (magic === 'gzip' || magic === 'zlib') {
    if (openCompressed(unpacking, layer, magic, magic === 'gzip' ? 'gzip' : 'deflate')) return;
  }
  const first = bytes[firstNonSpace(bytes)];
  if (first === 0x7b || first === 0x5b) {
    readJsonLayer(unpacking, layer);
    return;
  }
  const declaredForm = layer.mediaType === 'application/x-www-form-urlencoded';
  if (declaredForm || looksLikeForm(bytes)) {
    readFormLayer(unpacking, layer, 'form', queryStart(bytes), bytes.length);
    return;
  }
  if (layer.mediaType?.endsWith('json') === true && first === 0x22) {
    readJsonLayer(unpacking, layer);
    return;
  }
  const signs = signsOf(bytes, 0, bytes.length);
  const coding = codingOf(bytes, signs);
  if (coding !== null) unpacking.child(layer, 0, bytes.length, [coding.step], coding.bytes);
}

function firstNonSpace(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && isSpace(bytes[at] as number)) at++;
  return at;
}

/** Opens a compressed layer; false when not one byte came out, so that the bytes are something else. */
export function openCompressed(unpacking: Unpacking, layer: OpenLayer, form: ZlibForm, step: string): boolean {
  const { bytes } = layer;
  const unpacked = unpackZlib(form, bytes, unpacking.bytesLeft, unpacking.deadline);
  if (unpacked.bytes.length === 0 && unpacked.stopped !== 'too-large') return false;
  if (unpacked.bytes.length > 0 && !unpacking.child(layer, 0, bytes.length, [step], unpacked.bytes, layer.mediaType))
    return true;
  const unread = bytes.length - unpacked.read;
  if (unpacked.stopped === 'cut') unpacking.gap('body-cut', layer, null, null, step);
  if (unpacked.stopped === 'damaged') unpacking.gap('decode-failed', layer, unread, null, step);
  if (unpacked.stopped === 'too-large') {
    unpacking.gap('limit-decoded-bytes', layer, unread, `limit ${unpacking.limits.decodedBytesMax}`, step);
  }
  return true;
}

const MALFORMED = { cut: 'body-cut', malformed: 'decode-failed', nesting: 'limit-depth' } as const;

export function readJsonLayer(unpacking: Unpacking, layer: OpenLayer): void {
  const { bytes } = layer;
  const end = readJson(bytes, latin1Of(layer), (path, start, stop, text, signs) => {
    if (!unpacking.field(layer, path, 'json', start, stop, text)) return false;
    if ((signs & HAS_BACKSLASH) === 0) considerValue(unpacking, layer, `json:${path}`, start, stop, null, signs);
    else considerEscaped(unpacking, layer, `json:${path}`, start, stop, text);
    return true;
  });
  if (end.stopped === 'end' || end.stopped === 'taker') return;
  unpacking.gap(MALFORMED[end.stopped], layer, bytes.length - end.at, 'json');
}

function considerEscaped(
  u: Unpacking,
  layer: OpenLayer,
  locator: string,
  start: number,
  end: number,
  text: string,
): void {
  const value = Buffer.from(text, 'utf8');
  considerValue(u, layer, locator, start, end, value, signsOf(value, 0, value.length));
}

function looksLikeForm(bytes: Uint8Array): boolean {
  const head = bufferOf(bytes).toString('latin1', 0, 512);
  return /^(?:[a-z]+:\/\/[^\s?#]*\?|\?)?[A-Za-z0-9_.$[\]%~-]{1,100}=[^\s]*/.test(head);
}

function queryStart(bytes: Uint8Array): number {
  const head = bufferOf(bytes).toString('latin1', 0, 2048);
  return /^(?:[a-z]+:\/\/[^\s?#]*)?\?/.exec(head)?.[0].length ?? 0;
}

export function readFormLayer(
  unpacking: Unpacking,
  layer: OpenLayer,
  syntax: 'form' | 'query',
  start: number,
  end: number,
): void {
  readForm(layer.bytes, start, end, (name, from, to, value, signs) => {
    const text = textOf(value ?? layer.bytes.subarray(from, to), signs);
    if (!unpacking.field(layer, name, syntax, from, to, text)) return false;
    considerValue(unpacking, layer, `${syntax}:${name}`, from, to, value, signs);
    return true;
  });
}

export function textOf(bytes: Uint8Array, signs: number): string {
  return (signs & HAS_HIGH) === 0 ? bufferOf(bytes).toString('latin1') : bufferOf(bytes).toString('utf8');
}
