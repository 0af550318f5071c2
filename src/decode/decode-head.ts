import type { CodecDefinition } from '../model/codec.ts';
import type { Headers, RequestHead, ResponseHead } from '../model/exchange.ts';
import { urlOf } from '../model/exchange.ts';
import type { DecodedHead, HeadPart } from '../model/layer.ts';
import type { AuditLimits } from '../model/limits.ts';
import { bufferOf, signsOf } from './characters.ts';
import { CodecRunner } from './codecs/codec-runner.ts';
import { decodePercent, hasPercentCode } from './codings/percent.ts';
import { lookInto } from './look-into.ts';
import { readFormFields } from './open-text.ts';
import { readCookies } from './syntaxes/pairs.ts';
import { type OpenLayer, Unpacking } from './unpacking.ts';
import { takeValue } from './values.ts';

/**
 * URL, header values and cookies of a request as one layer, with the layers found inside them.
 *
 * @param codec of the SDK that the request goes to: parameters can be coded in its way, too.
 */
export function decodeRequestHead(
  head: RequestHead,
  limits: AuditLimits,
  codec: CodecDefinition | null = null,
): DecodedHead {
  return decodeHead(urlOf(head), head.headers, limits, codec === null ? null : new CodecRunner(codec, head));
}

/** Header values and cookies of a response as one layer, with the layers found inside them. */
export function decodeResponseHead(head: ResponseHead, limits: AuditLimits): DecodedHead {
  return decodeHead(null, head.headers, limits, null);
}

function decodeHead(url: string | null, headers: Headers, limits: AuditLimits, codec: CodecRunner | null): DecodedHead {
  const parts: HeadPart[] = [];
  const texts: string[] = [];
  let length = 0;
  const add = (place: HeadPart['place'], name: string | null, text: string): void => {
    parts.push({ place, name, start: length, end: length + text.length });
    texts.push(text);
    length += text.length + 1;
  };
  if (url !== null) add('url', null, url);
  for (const [name, value] of headers) add(isCookie(name) ? 'cookie' : 'header', name, value);
  const unpacking = new Unpacking(limits, codec);
  const first = unpacking.begin(Buffer.from(texts.join('\n'), 'latin1'), null);
  for (const part of parts) readPart(unpacking, first, part);
  unpacking.run((layer) => {
    if (layer !== first) lookInto(unpacking, layer);
  });
  return { ...unpacking.result(), parts };
}

function isCookie(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === 'cookie' || lower === 'set-cookie';
}

function readPart(unpacking: Unpacking, layer: OpenLayer, part: HeadPart): void {
  if (part.place === 'url') readUrl(unpacking, layer, part);
  else if (part.place === 'cookie') readCookiePart(unpacking, layer, part);
  else readHeader(unpacking, layer, part);
}

/** A digest of what the phone sent in Sec-WebSocket-Key (RFC 6455 §4.2.2): it looks encrypted, and nothing can be hidden in it. */
const WEBSOCKET_ACCEPT = 'sec-websocket-accept';

function readHeader(unpacking: Unpacking, layer: OpenLayer, { name, start, end }: HeadPart): void {
  if (name?.toLowerCase() === WEBSOCKET_ACCEPT) {
    unpacking.field(layer, name, 'header', start, end, null);
    return;
  }
  takeValue(unpacking, layer, 'header', name as string, start, end, null, signsOf(layer.bytes, start, end));
}

function readCookiePart(unpacking: Unpacking, layer: OpenLayer, part: HeadPart): void {
  readCookies(layer.bytes, part.start, part.end, (name, start, end, value, signs) =>
    takeValue(unpacking, layer, 'cookie', name, start, end, value, signs),
  );
}

const SLASH = 0x2f;
const QUESTION = 0x3f;

/** Path segments, numbered from 0, and query parameters. */
function readUrl(unpacking: Unpacking, layer: OpenLayer, { start, end }: HeadPart): void {
  const { bytes } = layer;
  const question = bytes.indexOf(QUESTION, start);
  const pathEnd = question === -1 || question > end ? end : question;
  const authority = start + Math.max(0, bufferOf(bytes.subarray(start, pathEnd)).indexOf('://') + 3);
  let from = bytes.indexOf(SLASH, authority) + 1;
  for (let segment = 0; from > 0 && from <= pathEnd; segment++) {
    let to = bytes.indexOf(SLASH, from);
    if (to === -1 || to > pathEnd) to = pathEnd;
    if (to > from) readSegment(unpacking, layer, segment, from, to);
    from = to + 1;
  }
  if (pathEnd < end) readFormFields(unpacking, layer, 'query', pathEnd + 1, end);
}

function readSegment(unpacking: Unpacking, layer: OpenLayer, segment: number, start: number, end: number): void {
  const { bytes } = layer;
  const value = hasPercentCode(bytes, start, end) ? decodePercent(bytes, start, end, false) : null;
  const shown = value ?? bytes.subarray(start, end);
  const signs = signsOf(shown, 0, shown.length);
  takeValue(unpacking, layer, 'path', String(segment), start, end, value, signs);
}
