import type { Direction } from '../model/exchange.ts';
import type { Detection, Place } from '../model/finding.ts';
import type { Pattern } from './patterns/pattern.ts';

/** Where a match's layer came from: what a {@link Detection} says beside the match itself. */
export interface Site {
  readonly direction: Direction;
  readonly place: Place;
  readonly message: number | null;
  /** Where offsets in the first layer count from. */
  readonly origin: number;
  /** Name of the header or cookie, for matches outside any field. */
  readonly name: string | null;
}

/** One detection for each data type and value that the pattern's bytes give away. */
export function detectionsOf(
  pattern: Pattern,
  offset: number,
  decodeChain: readonly string[],
  field: string | null,
  { direction, place, message }: Site,
): Detection[] {
  return pattern.meanings.map(({ dataType, valueIndex, value, transform }) => ({
    dataType,
    valueIndex,
    direction,
    place,
    field,
    decodeChain,
    offset,
    length: pattern.bytes.length,
    transform,
    match: 'known-value',
    value,
    message,
  }));
}
