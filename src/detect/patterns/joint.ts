import { DIGESTS } from './digest.ts';
import type { KnownValue } from './known-value.ts';
import type { PatternBook } from './pattern-book.ts';
import type { Spelling } from './spelling.ts';
import { base64Surfaces, hexSurfaces } from './surface.ts';

/** Values that apps hash together to make a "device id", in the order in which they are usually joined. */
const JOINED = ['imei', 'android_id', 'mac_address', 'serial_number', 'oaid', 'imsi', 'meid', 'idfa', 'idfv', 'gaid'];

/** Of these, the ones that three are joined of. */
const JOINED_BY_THREE = new Set(JOINED.slice(0, 6));

const PAIR_JOINTS = ['', '|', '_', '-', '&', '##', ',', ':'];
const TRIPLE_JOINTS = ['', '|', '_', '-', ','];

interface Spelled {
  readonly value: KnownValue;
  readonly spellings: readonly Spelling[];
}

/** Hashes of two or three values written one after the other, in any order. */
export function addJointPatterns(book: PatternBook, spelled: readonly Spelled[]): void {
  const parts = JOINED.flatMap((dataType) => {
    const first = spelled.find(({ value }) => value.dataType === dataType);
    return first === undefined ? [] : [first];
  });
  for (const a of parts) {
    for (const b of parts) {
      if (a === b) continue;
      for (const joint of PAIR_JOINTS) addJoint(book, [a, b], joint);
      for (const c of parts) {
        if (c === a || c === b || ![a, b, c].every(({ value }) => JOINED_BY_THREE.has(value.dataType))) continue;
        for (const joint of TRIPLE_JOINTS) addJoint(book, [a, b, c], joint);
      }
    }
  }
}

/**
 * As written, all in lower case, all in upper case; addresses also without separators. There are thousands of these, so only the
 * usual surfaces of them are looked for: hex, and base64 that stands by itself.
 */
function addJoint(book: PatternBook, parts: readonly Spelled[], joint: string): void {
  const values = parts.map(({ value }) => value);
  const written = values.map(({ value }) => value);
  const bare = values.map(({ dataType, value }) => (dataType === 'mac_address' ? value.replace(/[:-]/g, '') : value));
  const texts = new Set(
    [written, bare].flatMap((each) => {
      const text = each.join(joint);
      return [text, text.toLowerCase(), text.toUpperCase()];
    }),
  );
  const names = values.map(({ dataType }) => dataType).join('+');
  for (const text of texts) {
    for (const digest of DIGESTS) {
      if (!digest.common) continue;
      const raw = digest.of(Buffer.from(text, 'utf8'));
      const facts = { valueBytes: raw.length, bits: digest.bits, token: 'word' } as const;
      book.add(values, hexSurfaces(raw), { ...facts, transform: `${digest.name}(${names})-hex` });
      book.add(values, base64Surfaces(raw, 1), { ...facts, transform: `${digest.name}(${names})-base64` });
    }
  }
}
