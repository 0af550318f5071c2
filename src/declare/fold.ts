/**
 * Folds text for comparison without changing its length, so that offsets stay true: full-width forms become ASCII,
 * traditional characters simplified ones, Latin letters lower case, dashes and quotes one form each.
 */
export class Folder {
  /** For each UTF-16 unit what it folds to. */
  private readonly table = new Uint16Array(65_536);
  /** 1 for each traditional character. */
  private readonly traditional = new Uint8Array(65_536);
  private readonly regional: ReadonlyMap<string, string>;
  private readonly regionalPattern: RegExp;
  private readonly known = new Map<string, string>();

  /**
   * @param simplified traditional character → simplified one.
   * @param regional what Taiwan and Hong Kong call things → what the mainland does, in words of equal length.
   */
  constructor(simplified: ReadonlyMap<string, string>, regional: ReadonlyMap<string, string>) {
    for (let code = 0; code < this.table.length; code++) this.table[code] = code;
    this.foldPlain();
    for (const [from, to] of simplified) this.table[from.charCodeAt(0)] = to.charCodeAt(0);
    // A radical may stand for a traditional character.
    for (const code of compatible()) this.table[code] = this.table[this.table[code] as number] as number;
    for (const from of simplified.keys()) this.traditional[from.charCodeAt(0)] = 1;
    this.regional = regional;
    const words = [...regional.keys()].sort((one, other) => other.length - one.length);
    this.regionalPattern = new RegExp(words.join('|'), 'gu');
  }

  /** Case, width, punctuation and the forms of characters, whatever the script. */
  private foldPlain(): void {
    for (let code = 0x41; code <= 0x5a; code++) this.table[code] = code + 32;
    for (const [from, to] of Object.entries({ ...SIGNS, ...RADICALS }))
      this.table[from.charCodeAt(0)] = to.charCodeAt(0);
    for (let code = 0xff01; code <= 0xff5e; code++) this.table[code] = this.table[code - 0xfee0] as number;
    for (const code of compatible()) {
      const usual = String.fromCharCode(code).normalize('NFKC');
      if (usual.length === 1) this.table[code] = usual.charCodeAt(0);
    }
  }

  /** What a UTF-16 unit folds to that stands alone. */
  unit(code: number): number {
    return this.table[code] as number;
  }

  /** Whether a UTF-16 unit is a traditional character: words that have one may be exchanged as a whole. */
  isTraditional(code: number): boolean {
    return this.traditional[code] === 1;
  }

  fold(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const folded = this.foldAnew(text);
    // The same lines are looked at by one rule after another.
    if (this.known.size >= KNOWN_MAX) this.known.clear();
    this.known.set(text, folded);
    return folded;
  }

  private foldAnew(text: string): string {
    let changed = false;
    let traditional = false;
    const codes = unitsFor(text.length);
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      const folded = this.table[code] as number;
      codes[index] = folded;
      if (folded === code) continue;
      changed = true;
      if (this.traditional[code] === 1) traditional = true;
    }
    if (!changed) return text;
    if (!traditional) return fromUnits(codes, text.length);
    // Regional words are told by characters that folding would make equal, so they are exchanged first.
    const exchanged = text.replace(this.regionalPattern, (word) => this.regional.get(word) ?? word);
    for (let index = 0; index < exchanged.length; index++)
      codes[index] = this.table[exchanged.charCodeAt(index)] as number;
    return fromUnits(codes, exchanged.length);
  }
}

const KNOWN_MAX = 8_000;
/** Units that are kept for the next text; a longer one gets its own. */
const UNITS_KEPT = 16_384;
const kept = new Uint16Array(UNITS_KEPT);

function unitsFor(length: number): Uint16Array {
  return length <= UNITS_KEPT ? kept : new Uint16Array(length);
}

/** One call for the whole text: arguments for each of its units would cost more than the folding. */
function fromUnits(units: Uint16Array, length: number): string {
  return Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
}

/** Punctuation that is written in several ways, each with the ASCII sign that means the same. */
const SIGNS: Readonly<Record<string, string>> = {
  '\u00a0': ' ',
  '\u2002': ' ',
  '\u2003': ' ',
  '\u3000': ' ',
  '\u200b': ' ',
  '\u2028': ' ',
  '\ufeff': ' ',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '“': '"',
  '”': '"',
  '「': '"',
  '」': '"',
  '‘': "'",
  '’': "'",
  '〔': '(',
  '〕': ')',
  '【': '[',
  '】': ']',
  '﹑': '、',
};

/** Radicals that some fonts and PDF readers write for the characters of the same shape: ⽤⼾ for 用户. */
const RADICALS: Readonly<Record<string, string>> = {
  '⺠': '民',
  '⺟': '母',
  '⻄': '西',
  '⻅': '见',
  '⻆': '角',
  '⻉': '贝',
  '⻋': '车',
  '⻓': '长',
  '⻔': '门',
  '⻘': '青',
  '⻚': '页',
  '⻛': '风',
  '⻝': '食',
  '⻢': '马',
  '⻥': '鱼',
  '⻦': '鸟',
  '⻨': '麦',
  '⻩': '黄',
  '⻬': '齐',
  '⻰': '龙',
};

/** Kangxi radicals, and the compatibility forms of characters: ⼾, 度. */
function* compatible(): Generator<number> {
  for (let code = 0x2f00; code <= 0x2fd5; code++) yield code;
  for (let code = 0xf900; code <= 0xfaff; code++) yield code;
}

/** Folds with the characters that the policy words know. */
export function fold(text: string, words: { readonly folder: Folder }): string {
  return words.folder.fold(text);
}
