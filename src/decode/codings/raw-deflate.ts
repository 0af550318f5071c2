/**
 * Whether bytes can begin a raw deflate stream that unpacks to text (RFC 1951 §3.2).
 *
 * Raw deflate has no magic, so it is tried on everything nothing else opens; zlib says no by an error that costs 50 µs. A look at
 * the first block's head refuses nine in ten runs of random bytes for nothing, and none that would unpack to text.
 */
export function mayBeRawDeflate(bytes: Uint8Array): boolean {
  return mayBegin(bytes, beginsWithText);
}

/** Whether bytes can begin a deflate stream of which at least one byte comes out; an empty one may count, too. */
export function mayBeDeflate(bytes: Uint8Array): boolean {
  return mayBegin(bytes, beginsWithByte);
}

function mayBegin(bytes: Uint8Array, isFirst: (bits: Bits) => boolean): boolean {
  const bits = new Bits(bytes);
  bits.take(1);
  switch (bits.take(2)) {
    case 0:
      return isStoredHead(bytes);
    case 1:
      return isFirst(bits);
    case 2:
      return hasCompleteCode(bits);
    default:
      return false;
  }
}

/** Bits in the order of deflate: from the lowest of each byte; zeros behind the end. */
class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1) value |= this.#next() << bit;
    return value;
  }

  /** Huffman codes are packed from their highest bit. */
  takeCode(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1) value = (value << 1) | this.#next();
    return value;
  }

  #next(): number {
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    const bit = (byte >> (this.#at & 7)) & 1;
    this.#at += 1;
    return bit;
  }
}

/** A stored block repeats its length with every bit turned. */
function isStoredHead(bytes: Uint8Array): boolean {
  if (bytes.length < 5) return false;
  const length = (bytes[1] as number) | ((bytes[2] as number) << 8);
  const turned = (bytes[3] as number) | ((bytes[4] as number) << 8);
  return (length ^ turned) === 0xffff;
}

/** With the fixed code the first symbol must be a byte, or the end: there is nothing yet that a match could repeat. */
function beginsWithByte(bits: Bits): boolean {
  const code = bits.takeCode(8);
  return code < 2 || (code >= 0x30 && !(code >= 0xc0 && code < 0xc8));
}

/** The same, and the byte must be one of text. */
function beginsWithText(bits: Bits): boolean {
  const code = bits.takeCode(8);
  if (code < 0x30 || (code >= 0xc0 && code < 0xc8)) return false;
  const byte = code < 0xc0 ? code - 0x30 : (code << 1) + bits.takeCode(1) - 0x190 + 144;
  return byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** The code for code lengths must be complete, and there are at most 286 symbols and 30 distances. */
function hasCompleteCode(bits: Bits): boolean {
  if (bits.take(5) > 29 || bits.take(5) > 29) return false;
  const count = bits.take(4) + 4;
  let filled = 0;
  for (let index = 0; index < count; index += 1) {
    const length = bits.take(3);
    if (length > 0) filled += 1 << (7 - length);
  }
  return filled === 1 << 7;
}
