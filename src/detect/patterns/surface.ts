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

export interface Surface {
  readonly name: SurfaceName;
  /** Bytes before the value modulo the coding's group: 0 to 2 for base64, 0 to 4 for base32; 0 elsewhere. */
  readonly alignment: number;
  readonly bytes: Uint8Array;
}

/** Base64 of `bytes` inside a longer text: for each alignment the characters that depend on them alone; both alphabets. */
export function base64Surfaces(bytes: Uint8Array): readonly Surface[] {
  const surfaces: Surface[] = [];
  for (let alignment = 0; alignment < 3; alignment++) {
    const whole = Buffer.concat([new Uint8Array(alignment), bytes]).toString('base64');
    const core = whole.slice(Math.ceil((alignment * 8) / 6), Math.floor(((alignment + bytes.length) * 8) / 6));
    for (const text of new Set([core, core.replaceAll('+', '-').replaceAll('/', '_')])) {
      surfaces.push({ name: 'base64', alignment, bytes: Buffer.from(text, 'latin1') });
    }
  }
  return surfaces;
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
