/** Types of JCE, Tencent's wire format, that are written here. */
const JCE = { string: 6, map: 8, zero: 12 } as const;

/**
 * Writes a JCE struct whose fields are strings or maps of strings: each with its tag and type in one byte, strings with one
 * byte of length before them, maps as their size and then keys (tag 0) and values (tag 1).
 *
 * @param fields tag (at most 14) and value, in rising order; strings of at most 255 bytes, maps of at most 127 entries.
 * @see github:TonyDongGuaPi/mihome-src@19c0df32:sources/com/tencent/bugly/proguard/z.java
 */
export function jceStruct(
  fields: readonly (readonly [number, string | Readonly<Record<string, string>>])[],
): Uint8Array {
  return Buffer.concat(
    fields.map(([tag, value]) => (typeof value === 'string' ? jceString(tag, value) : jceMap(tag, value))),
  );
}

function jceString(tag: number, value: string): Uint8Array {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([Uint8Array.of((tag << 4) | JCE.string, bytes.length), bytes]);
}

function jceMap(tag: number, entries: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(entries);
  const size = pairs.length === 0 ? Uint8Array.of(JCE.zero) : Uint8Array.of(0, pairs.length);
  const members = pairs.flatMap(([name, value]) => [jceString(0, name), jceString(1, value)]);
  return Buffer.concat([Uint8Array.of((tag << 4) | JCE.map), size, ...members]);
}
