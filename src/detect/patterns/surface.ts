/**
 * How bytes come to stand in other bytes: as they are, in hex, in base64 at one of three alignments, percent-encoded, …
 * A surface changes the writing of a value, not the value; what lies beside it can be read through it too.
 */
export type SurfaceName =
  | 'text'
  | 'hex'
  | 'base64'
  | 'percent'
  | 'percent-twice'
  | 'base32'
  | 'unicode-escape'
  | 'utf-16le'
  | 'utf-16be'
  | 'reversed';

export interface Surface extends SurfaceKind {
  readonly bytes: Uint8Array;
  /** What the characters beside these bytes must hold, see {@link remaindersOf}; left out where they hold nothing of the value. */
  readonly remainders?: number;
}

/** How a surface is written, whatever it says. */
export interface SurfaceKind {
  readonly name: SurfaceName;
  /** Bytes before the value modulo the coding's group: 0 to 2 for base64, 0 to 4 for base32; 0 elsewhere. */
  readonly alignment: number;
}

/**
 * Base64 of `bytes` inside a longer text: for each alignment the characters that depend on them alone; both alphabets.
 * @param alignments 1 for base64 that stands by itself.
 */
export function base64Surfaces(bytes: Uint8Array, alignments: 1 | 3 = 3): readonly Surface[] {
  const surfaces: Surface[] = [];
  for (let alignment = 0; alignment < alignments; alignment++) {
    const shifted =
      alignment === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : behind(alignment, bytes);
    const from = Math.ceil((alignment * 8) / 6);
    const core = shifted.toString('base64').slice(from, Math.floor(((alignment + bytes.length) * 8) / 6));
    const remainders = remaindersOf(bytes, alignment, 6);
    surfaces.push({ name: 'base64', alignment, bytes: Buffer.from(core, 'latin1'), remainders });
    if (!/[+/]/.test(core)) continue;
    const forUrls = core.replaceAll('+', '-').replaceAll('/', '_');
    surfaces.push({ name: 'base64', alignment, bytes: Buffer.from(forUrls, 'latin1'), remainders });
  }
  return surfaces;
}

/** Bytes with so many zeros before them. */
function behind(zeros: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([new Uint8Array(zeros), bytes]);
}

/**
 * The bits of a value's first and last byte that stand in characters of `size` bits together with what is beside the value. Four bytes
 * of a number: how many of the first, which, how many of the last, which.
 */
function remaindersOf(bytes: Uint8Array, alignment: number, size: 5 | 6): number {
  const lead = Math.ceil((alignment * 8) / size) * size - alignment * 8;
  const rest = ((alignment + bytes.length) * 8) % size;
  const first = (bytes[0] as number) >> (8 - lead);
  return (lead << 24) | (first << 16) | (rest << 8) | ((bytes.at(-1) as number) & ((1 << rest) - 1));
}

export function hexSurfaces(bytes: Uint8Array): readonly Surface[] {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex, hex.toUpperCase()].map((text) => ({ name: 'hex', alignment: 0, bytes: Buffer.from(text, 'latin1') }));
}

/** What `encodeURIComponent`, `URLEncoder` and stricter encoders write, in both cases, and every byte escaped. */
export function percentSurfaces(bytes: Uint8Array): readonly Surface[] {
  return percentTexts(bytes).map((text) => ({ name: 'percent', alignment: 0, bytes: Buffer.from(text, 'latin1') }));
}

export function percentTwiceSurfaces(bytes: Uint8Array): readonly Surface[] {
  return percentTexts(bytes).map((text) => ({
    name: 'percent-twice',
    alignment: 0,
    bytes: Buffer.from(text.replaceAll('%', '%25'), 'latin1'),
  }));
}

function percentTexts(bytes: Uint8Array): readonly string[] {
  const escapeBut = (keep: RegExp) =>
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\0-\xff]/g, (c) =>
        keep.test(c) ? c : `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      );
  const plain = Buffer.from(bytes).toString('latin1');
  const texts = [
    escapeBut(/[A-Za-z0-9\-_.]/),
    escapeBut(/[A-Za-z0-9\-_.!~*'()]/),
    escapeBut(/[A-Za-z0-9]/),
    escapeBut(/(?!)/),
  ];
  texts.push((texts[0] as string).replaceAll('%20', '+'));
  const lower = texts.map((text) => text.replace(/%../g, (code) => code.toLowerCase()));
  return [...new Set([...texts, ...lower])].filter((text) => text !== plain);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 (RFC 4648) of `bytes` alone or inside a longer text: the characters that depend on them only, in both cases. */
export function base32Surfaces(bytes: Uint8Array, alignments: number): readonly Surface[] {
  const surfaces: Surface[] = [];
  for (let alignment = 0; alignment < alignments; alignment++) {
    const bits = Buffer.concat([new Uint8Array(alignment), bytes]).reduce(
      (all, byte) => all + byte.toString(2).padStart(8, '0'),
      '',
    );
    const from = Math.ceil((alignment * 8) / 5);
    let text = '';
    for (let at = from * 5; at + 5 <= bits.length; at += 5) text += BASE32[Number.parseInt(bits.slice(at, at + 5), 2)];
    // Alone, the last character is filled up with zeros; inside a longer text it depends on what follows.
    const rest = bits.length % 5;
    const alone = rest === 0 ? text : text + BASE32[Number.parseInt(bits.slice(-rest).padEnd(5, '0'), 2)];
    for (const cased of new Set([text, text.toLowerCase()])) {
      surfaces.push({
        name: 'base32',
        alignment,
        bytes: Buffer.from(cased, 'latin1'),
        remainders: remaindersOf(bytes, alignment, 5),
      });
    }
    if (alignment > 0 || rest === 0) continue;
    for (const cased of [alone, alone.toLowerCase()]) {
      surfaces.push({ name: 'base32', alignment, bytes: Buffer.from(cased, 'latin1') });
    }
  }
  return surfaces;
}

/** `\u0038\u0036…` for every character, and only for those beyond ASCII; with hex digits of either case. */
export function unicodeEscapeSurfaces(text: string): readonly Surface[] {
  const written = new Set<string>();
  for (const cased of [(hex: string) => hex, (hex: string) => hex.toUpperCase()]) {
    const units = Array.from({ length: text.length }, (_, at) => {
      const code = text.charCodeAt(at);
      return {
        plain: code < 0x80 ? text.charAt(at) : null,
        escaped: `\\u${cased(code.toString(16).padStart(4, '0'))}`,
      };
    });
    written.add(units.map(({ escaped }) => escaped).join(''));
    written.add(units.map(({ plain, escaped }) => plain ?? escaped).join(''));
  }
  return [...written]
    .filter((escaped) => escaped !== text)
    .map((escaped) => ({ name: 'unicode-escape', alignment: 0, bytes: Buffer.from(escaped, 'latin1') }));
}

export function utf16Surfaces(text: string): readonly Surface[] {
  const little = Buffer.from(text, 'utf16le');
  return [
    { name: 'utf-16le', alignment: 0, bytes: little },
    { name: 'utf-16be', alignment: 0, bytes: Buffer.from(little).swap16() },
  ];
}

export function reversedSurfaces(text: string): readonly Surface[] {
  const reversed = [...text].reverse().join('');
  return reversed === text ? [] : [{ name: 'reversed', alignment: 0, bytes: Buffer.from(reversed, 'utf8') }];
}
