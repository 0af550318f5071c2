import type { DeviceProfile } from '../../model/device-profile.ts';
import { DIGESTS } from './digest.ts';
import { type Meaning, type Pattern, standingFor, type Token } from './pattern.ts';
import { isSentinel } from './sentinel.ts';
import { type Spelling, spellingsOf } from './spelling.ts';
import { base64Surfaces, hexSurfaces, percentSurfaces, percentTwiceSurfaces, type Surface } from './surface.ts';

/** One value to look for. */
export interface KnownValue {
  readonly dataType: string;
  readonly valueIndex: number;
  readonly value: string;
}

/** The profile's values as this app sees them: the device's own, then those only this app is given. Sentinels are left out. */
export function knownValues(profile: DeviceProfile, app: string | null): readonly KnownValue[] {
  const known: KnownValue[] = [];
  const perApp = app === null ? {} : (profile.perApp[app] ?? {});
  for (const dataType of new Set([...Object.keys(profile.identifiers), ...Object.keys(perApp)])) {
    const values = [...(profile.identifiers[dataType] ?? []), ...(perApp[dataType] ?? [])];
    values.forEach((value, valueIndex) => {
      if (!isSentinel(value)) known.push({ dataType, valueIndex, value });
    });
  }
  return known;
}

/** Everything the known values may look like on the wire. Equal bytes make one pattern with several meanings. */
export function generatePatterns(known: readonly KnownValue[]): readonly Pattern[] {
  const book = new PatternBook();
  for (const value of known) {
    for (const spelling of spellingsOf(value.dataType, value.value)) {
      addSurfaces(book, value, spelling.name, spelling);
      if (spelling.text !== null && !isSentinel(spelling.text)) addDigests(book, value, spelling.bytes);
    }
  }
  return book.patterns();
}

/** A value's own bytes: too weak ones are worth finding only as they are. */
function addSurfaces(book: PatternBook, value: KnownValue, name: string, spelling: Spelling): void {
  const { bytes, bits, text } = spelling;
  const token: Token = text === null ? 'bytes' : /^\d+$/.test(text) ? 'digits' : 'word';
  const add = (transform: string, surfaces: readonly Surface[]) => {
    for (const surface of surfaces) book.add(value, transform, surface, bytes.length, bits, token);
  };
  add(name, [{ name: 'text', alignment: 0, bytes }]);
  if (standingFor(bits) === 'whole-field') return;
  const wrapped = (surface: string) => (name === 'plain' ? surface : `${surface}(${name})`);
  add(wrapped('base64'), base64Surfaces(bytes));
  if (text === null) {
    add(`${name}-hex`, hexSurfaces(bytes));
    return;
  }
  add(wrapped('hex'), hexSurfaces(bytes));
  add(wrapped('percent'), percentSurfaces(bytes));
  add(wrapped('percent-twice'), percentTwiceSurfaces(bytes));
}

function addDigests(book: PatternBook, value: KnownValue, bytes: Uint8Array): void {
  for (const digest of DIGESTS) {
    const raw = digest.of(bytes);
    const add = (transform: string, surfaces: readonly Surface[], size: number) => {
      for (const surface of surfaces) book.add(value, transform, surface, size, digest.bits, 'word');
    };
    add(`${digest.name}-hex`, hexSurfaces(raw), raw.length * 2);
    add(`${digest.name}-base64`, base64Surfaces(raw), raw.length);
    add(`${digest.name}-raw`, [{ name: 'text', alignment: 0, bytes: raw }], raw.length);
  }
}

/** Gathers patterns by their bytes. The first transform that a value is given for the same bytes stays: simple ones come first. */
class PatternBook {
  readonly #byBytes = new Map<string, { pattern: Pattern; meanings: Meaning[] }>();

  add(value: KnownValue, transform: string, surface: Surface, valueBytes: number, bits: number, token: Token): void {
    if (surface.bytes.length === 0) return;
    const key = Buffer.from(surface.bytes).toString('latin1');
    const meaning = { ...value, transform };
    const present = this.#byBytes.get(key);
    if (present === undefined) {
      const meanings = [meaning];
      const standing = standingFor(bits);
      const pattern = { bytes: surface.bytes, surface, valueBytes, token, standing, meanings };
      this.#byBytes.set(key, { pattern, meanings });
      return;
    }
    const same = present.meanings.some(
      ({ dataType, valueIndex }) => dataType === value.dataType && valueIndex === value.valueIndex,
    );
    if (!same) present.meanings.push(meaning);
  }

  patterns(): readonly Pattern[] {
    return [...this.#byBytes.values()].map(({ pattern }) => pattern);
  }
}
