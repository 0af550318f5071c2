import { isText } from './characters.ts';
import { mayBeRawDeflate } from './codings/raw-deflate.ts';
import { inflateWhole, unpackZlib } from './codings/zlib.ts';
import { readCbor } from './syntaxes/cbor.ts';
import { type GrpcFrame, readGrpcFrames } from './syntaxes/grpc.ts';
import type { Item } from './syntaxes/items.ts';
import { readMessagePack } from './syntaxes/msgpack.ts';
import { isPlausibleProtobuf, readProtobuf } from './syntaxes/protobuf.ts';
import { readCompactThrift } from './syntaxes/thrift.ts';
import { locatorOf, type OpenLayer, type Unpacking } from './unpacking.ts';
import { takeBinary } from './values.ts';

const DECLARED: readonly (readonly [RegExp, Opener])[] = [
  [/^application\/grpc/, openGrpc],
  [/protobuf|x-protobuffer|vnd\.google\.protobuf/, openProtobuf],
  [/msgpack/, openMessagePack],
  [/\bcbor\b/, openCbor],
];

type Opener = (unpacking: Unpacking, layer: OpenLayer, declared: boolean) => boolean;

/** Opens binary bytes in the form that their media type names; false when it names none, or they are not in it. */
export function openDeclaredBinary(unpacking: Unpacking, layer: OpenLayer): boolean {
  const name = layer.declared?.name;
  if (name === undefined) return false;
  return DECLARED.some(([pattern, open]) => pattern.test(name) && open(unpacking, layer, true));
}

/** Opens binary bytes of which nobody says what they are; false when no form fits. */
export function openUndeclaredBinary(unpacking: Unpacking, layer: OpenLayer): boolean {
  return (
    openGrpc(unpacking, layer, false) ||
    openMessagePack(unpacking, layer) ||
    openCbor(unpacking, layer) ||
    openProtobuf(unpacking, layer, false) ||
    openThrift(unpacking, layer) ||
    openRawDeflate(unpacking, layer)
  );
}

function openGrpc(unpacking: Unpacking, layer: OpenLayer, declared: boolean): boolean {
  const frames = readGrpcFrames(layer.bytes, declared);
  if (frames === null || (!declared && !frames.every((frame) => isBelievable(layer.bytes, frame)))) return false;
  frames.forEach((frame, number) => {
    const { start, end, compressed } = frame;
    if (start === end || !unpacking.field(layer, String(number), 'grpc', start, end, null)) return;
    const content = layer.bytes.subarray(start, end);
    if (!compressed) {
      unpacking.child(layer, start, end, [locatorOf(layer), 'bytes'], content);
      return;
    }
    const unpacked = unpackZlib('gzip', content, unpacking.bytesLeft, unpacking.deadline);
    if (unpacked.bytes.length > 0) unpacking.child(layer, start, end, [locatorOf(layer), 'gzip'], unpacked.bytes);
    if (unpacked.stopped !== 'end')
      unpacking.gap('decode-failed', layer, content.length - unpacked.read, null, locatorOf(layer));
  });
  return true;
}

/** An undeclared frame holds a message, header lines, or gzip; anything else only happens to have the right length. */
function isBelievable(bytes: Uint8Array, { start, end, compressed, trailers }: GrpcFrame): boolean {
  const content = bytes.subarray(start, end);
  if (compressed) return content[0] === 0x1f && content[1] === 0x8b;
  if (trailers) return isText(content);
  return content.length === 0 || isText(content) || readProtobuf(content) !== null;
}

function openProtobuf(unpacking: Unpacking, layer: OpenLayer, declared: boolean): boolean {
  const { bytes } = layer;
  const values = readProtobuf(bytes);
  if (values === null || (!declared && !isPlausibleProtobuf(values, bytes.length))) return false;
  for (const { path, start, end, text, kind } of values) {
    const more =
      kind === 'string' || kind === 'bytes'
        ? takeBinary(unpacking, layer, 'protobuf', path, start, end)
        : unpacking.field(layer, path, 'protobuf', start, end, text);
    if (!more) break;
  }
  return true;
}

/** A flat struct with two words or more; anything else only happens to read as one. */
function openThrift(unpacking: Unpacking, layer: OpenLayer): boolean {
  const fields = readCompactThrift(layer.bytes);
  if (fields === null) return false;
  const words = fields.filter(({ kind, start, end }) => kind === 'string' && end - start >= 4);
  if (words.length < 2) return false;
  fields.every(({ id, start, end, text, kind }) =>
    kind === 'number'
      ? unpacking.field(layer, String(id), 'thrift', start, end, text)
      : takeBinary(unpacking, layer, 'thrift', String(id), start, end),
  );
  return true;
}

function openMessagePack(unpacking: Unpacking, layer: OpenLayer): boolean {
  return takeItems(unpacking, layer, 'msgpack', readMessagePack(layer.bytes));
}

function openCbor(unpacking: Unpacking, layer: OpenLayer): boolean {
  return takeItems(unpacking, layer, 'cbor', readCbor(layer.bytes));
}

function takeItems(unpacking: Unpacking, layer: OpenLayer, syntax: string, items: readonly Item[] | null): boolean {
  if (items === null) return false;
  for (const { path, start, end, text, kind } of items) {
    const more =
      kind === 'number'
        ? unpacking.field(layer, path, syntax, start, end, text)
        : takeBinary(unpacking, layer, syntax, path, start, end);
    if (!more) break;
  }
  return true;
}

/** Bytes without a wrapper that unpack to their last byte, and to text. */
function openRawDeflate(unpacking: Unpacking, layer: OpenLayer): boolean {
  if (!mayBeRawDeflate(layer.bytes)) return false;
  const unpacked = inflateWhole(layer.bytes, unpacking.bytesLeft);
  if (unpacked === null || unpacked.length === 0 || !isText(unpacked)) return false;
  unpacking.child(layer, 0, layer.bytes.length, ['deflate'], unpacked);
  return true;
}
