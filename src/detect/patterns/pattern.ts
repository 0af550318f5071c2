import type { SurfaceKind } from './surface.ts';

/** What a match of a pattern says. */
export interface Meaning {
  readonly dataType: string;
  /** Index into the profile's list for this data type; values that only one app sees follow the device's own. */
  readonly valueIndex: number;
  /** The profile's value, as the operator wrote it. */
  readonly value: string;
  /** `plain`, `md5-hex`, `base64(md5-hex)`, … */
  readonly transform: string;
}

/** Where a pattern may stand to count, by its strength: the chance that the same bytes stand there by accident. */
export type Standing = 'anywhere' | 'token' | 'whole-field';

export interface Pattern {
  readonly bytes: Uint8Array;
  readonly surface: SurfaceKind;
  /** Bytes of the value before the surface; for reading what stands beside it through the surface. */
  readonly valueBytes: number;
  /** What the characters beside these bytes must hold of the value, as `remaindersOf` packs it; 0 for nothing. */
  readonly remainders: number;
  /** What the value's neighbours must not be, for a pattern that counts only as a token. */
  readonly token: Token;
  readonly standing: Standing;
  /** One entry for each data type and value that writes the same bytes; the simplest transform of each. */
  readonly meanings: readonly Meaning[];
}

/**
 * What would make a longer token of a value: digits beside digits, letters or digits beside anything else; bytes know no tokens.
 * The 14 digits of an IMEI may be followed by the two of a software version (IMEISV).
 */
export type Token = 'digits' | 'imei-body' | 'word' | 'bytes';

/**
 * From 64 bits on a match is beyond chance in any amount of traffic (2^30 bytes × 10^5 patterns / 2^64 = 6·10^-6); below, what
 * stands beside it must say that it is a value of its own; at 32 bits and below only a whole field does.
 */
export function standingFor(bits: number): Standing {
  if (bits >= 64) return 'anywhere';
  return bits > 32 ? 'token' : 'whole-field';
}
