import { isUtf8 } from 'node:buffer';
import { type ByteKernel, makeByteKernel, RUN_BYTES_MIN } from './byte-kernel.ts';

/**
 * What bytes of a value rule out or suggest, one bit each, so that one pass over a value tells which codings are worth a try.
 * `NOT_…` bits are set by a byte outside an alphabet, `HAS_…` bits by a byte that stands there.
 */
export const NOT_HEX = 1;
export const NOT_BASE64 = 2;
export const NOT_BASE64URL = 4;
export const NOT_BASE32 = 8;
export const HAS_PERCENT = 16;
export const HAS_BACKSLASH = 32;
export const HAS_AMPERSAND = 64;
export const HAS_HIGH = 128;
/** `{`, `[` or `<`: the value may hold a document. */
export const HAS_OPENER = 256;
export const HAS_EQUALS = 512;
export const HAS_DOT = 1024;
export const HAS_CONTROL = 2048;
export const HAS_SPACE = 4096;
export const HAS_PLUS = 8192;
export const HAS_UPPER = 16_384;
export const HAS_LOWER = 32_768;
export const HAS_DIGIT = 65_536;
export const HAS_SLASH_OR_DASH = 131_072;

const ALPHABETS = [
  [NOT_HEX, '0123456789abcdefABCDEF'],
  [NOT_BASE64, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n'],
  [NOT_BASE64URL, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=\r\n'],
  [NOT_BASE32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567='],
] as const;

const SIGNS = [
  [HAS_PERCENT, '%'],
  [HAS_BACKSLASH, '\\'],
  [HAS_AMPERSAND, '&'],
  [HAS_OPENER, '{[<'],
  [HAS_EQUALS, '='],
  [HAS_DOT, '.'],
  [HAS_SPACE, ' \t\r\n'],
  [HAS_PLUS, '+'],
  [HAS_UPPER, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  [HAS_LOWER, 'abcdefghijklmnopqrstuvwxyz'],
  [HAS_DIGIT, '0123456789'],
  [HAS_SLASH_OR_DASH, '/-_'],
] as const;

/** Signs of each byte value. */
export const SIGNS_OF: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  let signs = byte > 0x7f ? HAS_HIGH : 0;
  if ((byte < 0x20 && !'\t\r\n'.includes(character)) || byte === 0x7f) signs |= HAS_CONTROL;
  for (const [sign, alphabet] of ALPHABETS) if (!alphabet.includes(character)) signs |= sign;
  for (const [sign, characters] of SIGNS) if (characters.includes(character)) signs |= sign;
  return signs;
});

/** Longer runs are copied into the kernel, which reads them several times as fast. */
const COPIED_BYTES_MIN = 256;

let kernel: ByteKernel | null | undefined;

/** The kernel for long runs; null where the engine has none. */
export function byteKernel(): ByteKernel | null {
  kernel = kernel === undefined ? makeByteKernel(SIGNS_OF) : kernel;
  return kernel;
}

export function signsOf(bytes: Uint8Array, start: number, end: number): number {
  const long = end - start < COPIED_BYTES_MIN ? null : byteKernel();
  if (long !== null) return long.signs(bytes, start, end);
  let signs = 0;
  for (let at = start; at < end; at++) signs |= SIGNS_OF[bytes[at] as number] as number;
  return signs;
}

/** ASCII without control characters. */
export function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

/** As {@link ByteKernel.firstRun}, also where the engine has no kernel. */
export function firstRun(bytes: Uint8Array, from: number, kernel = byteKernel()): number {
  if (kernel !== null) return kernel.firstRun(bytes, from);
  let run = 0;
  for (let at = from; at < bytes.length; at++) {
    run = isPrintable(bytes[at] as number) ? run + 1 : 0;
    if (run === RUN_BYTES_MIN) return at - RUN_BYTES_MIN + 1;
  }
  return bytes.length;
}

/** Value of a hexadecimal digit; -1 for another byte. */
export function hexDigit(byte: number): number {
  return HEX_DIGITS[byte] as number;
}

const HEX_DIGITS = Int8Array.from({ length: 256 }, (_, byte) =>
  /[0-9a-f]/i.test(String.fromCharCode(byte)) ? Number.parseInt(String.fromCharCode(byte), 16) : -1,
);

/** Value of a character of base64 or base64url; -1 for another. */
export function base64Digit(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x47;
  if (byte >= 0x30 && byte <= 0x39) return byte + 4;
  return byte === 0x2b || byte === 0x2d ? 62 : byte === 0x2f || byte === 0x5f ? 63 : -1;
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A view of the same memory as a Buffer, for its fast text functions. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether bytes are UTF-8 text without control characters, as a person or a program would write it. */
export function isText(bytes: Uint8Array): boolean {
  const signs = signsOf(bytes, 0, bytes.length);
  if ((signs & HAS_CONTROL) !== 0) return false;
  return (signs & HAS_HIGH) === 0 || isUtf8(bytes);
}
