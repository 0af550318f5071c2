import { addDerivedPatterns, addSoftwareVersions } from './derived.ts';
import { addJointPatterns } from './joint.ts';
import type { KnownValue } from './known-value.ts';
import { standingFor, type Token } from './pattern.ts';
import { PatternBook } from './pattern-book.ts';
import type { PatternSet } from './pattern-set.ts';
import { isSentinel } from './sentinel.ts';
import { type Spelling, spellingsOf } from './spelling.ts';
import {
  base32Surfaces,
  base64Surfaces,
  hexSurfaces,
  percentSurfaces,
  percentTwiceSurfaces,
  reversedSurfaces,
  type Surface,
  unicodeEscapeSurfaces,
  utf16Surfaces,
} from './surface.ts';

/** What may stand before or after a value when it is hashed. */
export interface GenerationOptions {
  readonly salts: readonly string[];
}

/**
 * Everything the known values may look like on the wire: spellings × (as they are, hashed, hashed twice, salted, hashed with
 * others) × surfaces. Equal bytes make one pattern with several meanings. The order, and so the result, depends on nothing but
 * the arguments.
 */
export function generatePatterns(known: readonly KnownValue[], options: GenerationOptions): PatternSet {
  const book = new PatternBook();
  const spelled = known.map((value) => ({ value, spellings: spellingsOf(value.dataType, value.value) }));
  for (const { value, spellings } of spelled) for (const spelling of spellings) addSpelling(book, value, spelling);
  for (const { value, spellings } of spelled) {
    for (const spelling of spellings) {
      if (spelling.text !== null && !isSentinel(spelling.text))
        addDerivedPatterns(book, value, spelling, options.salts);
    }
  }
  for (const { value, spellings } of spelled) {
    const body = value.dataType === 'imei' ? spellings.find(({ text }) => /^\d{14}$/.test(text ?? ''))?.text : null;
    if (body != null) addSoftwareVersions(book, value, body);
  }
  addJointPatterns(book, spelled);
  return book.patterns();
}

function addSpelling(book: PatternBook, value: KnownValue, spelling: Spelling): void {
  const { name, bytes, bits, text } = spelling;
  if (text !== null && isSentinel(text)) return;
  const token = tokenOf(value, spelling);
  const add = (transform: string, surfaces: readonly Surface[], valueBytes = bytes.length) =>
    book.add([value], surfaces, { transform, valueBytes, bits, token });
  add(name, [{ name: 'text', alignment: 0, bytes }]);
  const standing = standingFor(bits);
  if (standing === 'whole-field') {
    if (text !== null) addWholeTexts(book, value, bytes, text, bits);
    return;
  }
  const wrapped = (surface: string) => (name === 'plain' ? surface : `${surface}(${name})`);
  add(wrapped('base64'), base64Surfaces(bytes));
  add(wrapped('hex'), hexSurfaces(bytes));
  if (text === null) return;
  add('percent', percentSurfaces(bytes));
  add('percent-twice', percentTwiceSurfaces(bytes));
  add('reversed', reversedSurfaces(text));
  add('reversed(hex)', hexSurfaces(bytes).map(reversed));
  add('reversed(base64)', [...wholeBase64(bytes), ...base64Surfaces(bytes)].map(reversed));
  add('unicode-escape', unicodeEscapeSurfaces(text));
  for (const surface of utf16Surfaces(text)) {
    add(surface.name, [surface]);
    add(`base64(${surface.name})`, base64Surfaces(surface.bytes), surface.bytes.length);
  }
  if (spelling.common) addTwiceCoded(book, value, spelling, token);
  add('base32', base32Surfaces(bytes, standing === 'anywhere' ? 5 : 1));
}

function reversed({ bytes }: Pick<Surface, 'bytes'>): Surface {
  return { name: 'reversed', alignment: 0, bytes: Buffer.from(bytes).reverse() };
}

/** With the last character, which says that nothing follows. */
function wholeBase64(bytes: Uint8Array): readonly Pick<Surface, 'bytes'>[] {
  const texts = [Buffer.from(bytes).toString('base64').replace(/=+$/, ''), Buffer.from(bytes).toString('base64url')];
  return texts.map((text) => ({ bytes: Buffer.from(text, 'latin1') }));
}

/**
 * Base64 of base64, anywhere for a strong value. What stands beside a weaker one cannot be read through both, so that it counts as a
 * token; inside a longer text it is found in what the text decodes to.
 */
function addTwiceCoded(book: PatternBook, value: KnownValue, { bytes, bits }: Spelling, token: Token): void {
  const facts = { transform: 'base64(base64)', valueBytes: bytes.length, token } as const;
  const once = Buffer.from(bytes).toString('base64');
  const bare = Buffer.from(once.replace(/=+$/, ''), 'latin1');
  if (standingFor(bits) === 'anywhere') {
    book.add([value], base64Surfaces(bare), { ...facts, bits });
    return;
  }
  const texts = [bare, Buffer.from(once, 'latin1')].flatMap((text) => {
    const twice = text.toString('base64');
    return [twice, twice.replace(/=+$/, '')];
  });
  const surfaces = [...new Set(texts)].map(
    (text) => ({ name: 'text', alignment: 0, bytes: Buffer.from(text, 'latin1') }) as const,
  );
  book.add([value], surfaces, { ...facts, bits: TOKEN_BITS, token: 'word' });
}

/** Makes a pattern count where it stands by itself. */
const TOKEN_BITS = 48;

/** A weak value counts only as a whole field, also when that field is coded: then the whole code must stand there. */
function addWholeTexts(book: PatternBook, value: KnownValue, bytes: Uint8Array, text: string, bits: number): void {
  const facts = { valueBytes: bytes.length, bits, token: 'word' } as const;
  const base64 = Buffer.from(bytes).toString('base64');
  const texts = [base64, base64.replace(/=+$/, ''), Buffer.from(bytes).toString('base64url')];
  const surfaces = texts.map((one) => ({ name: 'text', alignment: 0, bytes: Buffer.from(one, 'latin1') }) as const);
  book.add([value], surfaces, { ...facts, transform: 'base64' });
  book.add([value], hexSurfaces(bytes), { ...facts, transform: 'hex' });
  book.add([value], percentSurfaces(bytes), { ...facts, transform: 'percent' });
  book.add([value], unicodeEscapeSurfaces(text), { ...facts, transform: 'unicode-escape' });
  for (const surface of utf16Surfaces(text)) {
    book.add([value], [surface], { ...facts, transform: surface.name });
    const coded = Buffer.from(Buffer.from(surface.bytes).toString('base64'), 'latin1');
    book.add([value], [{ ...surface, bytes: coded }], { ...facts, transform: `base64(${surface.name})` });
  }
}

function tokenOf({ dataType }: KnownValue, { text }: Spelling): Token {
  if (text === null) return 'bytes';
  if (!/^\d+$/.test(text)) return 'word';
  return dataType === 'imei' && text.length === 14 ? 'imei-body' : 'digits';
}
