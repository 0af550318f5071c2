import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Layer } from '../../model/layer.ts';
import { bufferOf } from '../characters.ts';
import { type Edit, editUnits, readingsOf } from './units.ts';

/** Syntaxes that write lengths before values: nothing in them can grow or shrink. */
const COUNTED = new Set(['protobuf', 'msgpack', 'cbor', 'thrift', 'grpc']);

/**
 * Writes a changed layer back into the layer that it was decoded from.
 *
 * @param edits of the layer's own bytes, in order; `changed` is the layer with them.
 * @returns edits of the parent; null when telltale cannot write the coding, or the parent could not take the result.
 */
export function recoded(parent: Layer, layer: Layer, edits: readonly Edit[], changed: Uint8Array): Edit[] | null {
  const raw = parent.bytes.subarray(layer.parentStart, layer.parentEnd);
  const done = recodedSpan(raw, layer, edits, changed);
  if (done === null) return null;
  const syntax = parent.fields[0]?.syntax ?? '';
  // Archives carry check sums of what was in them: whoever has one can try values until it fits.
  if (syntax === 'zip') return null;
  if (COUNTED.has(syntax) && done.some(({ start, end, bytes }) => bytes.length !== end - start)) return null;
  return done.map(({ start, end, bytes }) => ({
    start: start + layer.parentStart,
    end: end + layer.parentStart,
    bytes,
  }));
}

function recodedSpan(raw: Uint8Array, layer: Layer, edits: readonly Edit[], changed: Uint8Array): Edit[] | null {
  if (bufferOf(raw).equals(layer.bytes)) return [...edits];
  const writes = writerOf(stepOf(layer));
  const written = (text: Uint8Array): Edit[] | null => {
    if (writes === undefined) return editUnits(text, layer.bytes, edits);
    const bytes = writes(changed, text, layer.bytes);
    return bytes === null ? null : [{ start: 0, end: text.length, bytes }];
  };
  const direct = written(raw);
  if (direct !== null) return direct;
  // A coding whose own characters are escaped: base64 in a form has %2B for its plus signs.
  for (const text of readingsOf(raw)) {
    const inner = written(text);
    if (inner !== null) return editUnits(raw, text, inner);
  }
  return null;
}

function stepOf({ chain }: Layer): string {
  return chain.at(-1) ?? '';
}

/** Codings that are written as a whole. Each takes the new content, what stood there, and what that was decoded to. */
const WRITERS: Readonly<Record<string, (changed: Uint8Array, raw: Uint8Array, was: Uint8Array) => Uint8Array | null>> =
  {
    gzip: (changed) => gzipSync(changed),
    deflate: (changed, raw) => (hasZlibHeader(raw) ? deflateSync(changed) : deflateRawSync(changed)),
    br: (changed) => brotliCompressSync(changed, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    zstd: storedZstd,
    base64: (changed, raw, was) => base64(changed, raw, was, 'base64'),
    base64url: (changed, raw, was) => base64(changed, raw, was, 'base64url'),
    hex,
    octets,
    base32,
    'data-url': (changed, raw, was) => {
      const comma = raw.indexOf(0x2c) + 1;
      const content = base64(changed, raw.subarray(comma), was, 'base64');
      return content === null ? null : Buffer.concat([raw.subarray(0, comma), content]);
    },
    jwt,
    jsonp: (changed, raw, was) => {
      const at = bufferOf(raw).indexOf(was);
      return at < 0 ? null : Buffer.concat([raw.subarray(0, at), changed, raw.subarray(at + was.length)]);
    },
    'utf-16le': (changed, raw) => utf16(changed, raw, false),
    'utf-16be': (changed, raw) => utf16(changed, raw, true),
  };

/**
 * An SDK's own coding is written again where that takes no key: a stream cipher's key stream is what stood there with what it meant.
 * The others stay closed, their envelopes carry check sums of what is inside.
 */
function writerOf(step: string): (typeof WRITERS)[string] | undefined {
  return /\/(rc4|xor)$/.test(step) ? withSameKeyStream : WRITERS[step];
}

function withSameKeyStream(changed: Uint8Array, raw: Uint8Array, was: Uint8Array): Uint8Array | null {
  if (changed.length !== was.length || raw.length !== was.length) return null;
  return changed.map((byte, at) => byte ^ (was[at] as number) ^ (raw[at] as number));
}

function hasZlibHeader(raw: Uint8Array): boolean {
  const [first = 0, second = 0] = raw;
  return (first & 15) === 8 && (first * 256 + second) % 31 === 0;
}

/** Line breaks stay where they were as long as the length does. */
function base64(changed: Uint8Array, raw: Uint8Array, was: Uint8Array, form: 'base64' | 'base64url'): Buffer | null {
  const text = bufferOf(raw).toString('latin1');
  const padded = text.includes('=');
  const write = (bytes: Uint8Array) => {
    const written = bufferOf(bytes).toString(form).replaceAll('=', '');
    return padded ? written.padEnd(Math.ceil(written.length / 4) * 4, '=') : written;
  };
  if (write(was) !== text.replace(/[\r\n]/g, '')) return null;
  const written = write(changed);
  if (changed.length !== was.length) return Buffer.from(written);
  let at = 0;
  return Buffer.from(text.replace(/[^\r\n]/g, () => written.charAt(at++)));
}

function hex(changed: Uint8Array, raw: Uint8Array, was: Uint8Array): Buffer | null {
  const text = bufferOf(raw).toString('latin1');
  const prefix = /^0[xX]/.exec(text)?.[0] ?? '';
  const digits = text.slice(prefix.length);
  if (digits.toLowerCase() !== bufferOf(was).toString('hex')) return null;
  const written = bufferOf(changed).toString('hex');
  return Buffer.from(prefix + (/[A-F]/.test(digits) ? written.toUpperCase() : written));
}

/** Each number in the notation of the one that stood there; a list cannot grow or shrink. */
function octets(changed: Uint8Array, raw: Uint8Array, was: Uint8Array): Buffer | null {
  if (changed.length !== was.length) return null;
  const text = bufferOf(raw).toString('latin1');
  const numbers = [...text.matchAll(OCTET)];
  const isDecimal = numbers.every(([number], at) => (Number(number) & 255) === was[at]);
  if (!isDecimal && !numbers.every(([, , digits], at) => Number.parseInt(digits as string, 16) === was[at]))
    return null;
  let at = 0;
  const written = text.replace(OCTET, (_, prefix = '') => {
    const byte = changed[at++] as number;
    if (isDecimal) return String(byte > 127 && /-\d/.test(text) ? byte - 256 : byte);
    const hex = byte.toString(16).padStart(2, '0');
    return prefix + (/[A-F]/.test(text) ? hex.toUpperCase() : hex);
  });
  return at === was.length ? Buffer.from(written, 'latin1') : null;
}

const OCTET = /(0[xX]|-)?([0-9a-fA-F]+)/g;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, in the case of what stood there and with its padding, which may be cut. */
function base32(changed: Uint8Array, raw: Uint8Array, was: Uint8Array): Buffer | null {
  const text = bufferOf(raw).toString('latin1');
  const write = (bytes: Uint8Array) => {
    const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const digits = (bits.match(/.{1,5}/g) ?? [])
      .map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)])
      .join('');
    return /[a-z]/.test(text) ? digits.toLowerCase() : digits;
  };
  const [, padding = ''] = /(=*)$/.exec(text) ?? [];
  if (changed.length !== was.length || write(was) + padding !== text) return null;
  return Buffer.from(write(changed) + padding);
}

/** The signature goes, too: under a public key it would tell which value fits. */
function jwt(changed: Uint8Array, raw: Uint8Array, was: Uint8Array): Buffer | null {
  const [, , signature = ''] = bufferOf(raw).toString('latin1').split('.');
  const line = was.indexOf(0x0a);
  if (changed.length !== was.length || changed[line] !== 0x0a) return null;
  const parts = [changed.subarray(0, line), changed.subarray(line + 1)].map((part) =>
    bufferOf(part).toString('base64url'),
  );
  return Buffer.from([...parts, 'x'.repeat(signature.length)].join('.'));
}

function utf16(changed: Uint8Array, raw: Uint8Array, bigEndian: boolean): Buffer {
  const mark = (raw[0] === 0xff && raw[1] === 0xfe) || (raw[0] === 0xfe && raw[1] === 0xff) ? '\ufeff' : '';
  const bytes = Buffer.from(mark + bufferOf(changed).toString(), 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

const ZSTD_BLOCK_BYTES = 128 * 1024;

/** A Zstandard frame (RFC 8878) of stored blocks: Node 20 cannot compress in this form. */
function storedZstd(changed: Uint8Array): Buffer {
  const head = Buffer.from('28b52ffda000000000', 'hex');
  head.writeUInt32LE(changed.length, 5);
  const blocks: Uint8Array[] = [head];
  let from = 0;
  do {
    const block = changed.subarray(from, from + ZSTD_BLOCK_BYTES);
    from += block.length;
    const size = Buffer.alloc(3);
    size.writeUIntLE(block.length * 8 + (from >= changed.length ? 1 : 0), 0, 3);
    blocks.push(size, block);
  } while (from < changed.length);
  return Buffer.concat(blocks);
}
