/** What was found in an exchange, in order: shape, start, length and value of each finding, by their rows. */
export type FindingCells = readonly number[];

/** Cells of one finding. */
export const CELLS_A_FINDING = 4;

/** An exchange whose findings stand in the file. */
export interface KnownList {
  readonly exchange: number;
  /** Number of its first finding; the others follow. */
  readonly first: number;
  readonly cells: FindingCells;
}

/** Lists remembered; the oldest is forgotten beyond. */
const LISTS_MAX = 4_096;
/** Findings of a list that is worth remembering. */
const FINDINGS_MAX = 100;

/**
 * Remembers what was found in the exchanges of a capture: apps send the same values at the same places over and over, and nine rows a
 * report that differ in nothing but the exchange are most of what there is to write.
 *
 * Memory: some 400 bytes a list of nine; at most 13 MB, when each has a hundred.
 */
export class FindingLists {
  readonly #known = new Map<number, KnownList>();
  #capture: number | null = null;

  /** The earlier exchange of the capture that has these findings; null when none is known. */
  find(capture: number, cells: FindingCells): KnownList | null {
    if (this.#capture !== capture) this.forget();
    this.#capture = capture;
    const known = this.#known.get(hashOf(cells));
    return known !== undefined && isSame(known.cells, cells) ? known : null;
  }

  /** Remembers an exchange of the capture that was asked for last. */
  remember(exchange: number, first: number, cells: FindingCells): void {
    if (cells.length > FINDINGS_MAX * CELLS_A_FINDING) return;
    if (this.#known.size >= LISTS_MAX) this.#known.delete(this.#known.keys().next().value as number);
    this.#known.set(hashOf(cells), { exchange, first, cells });
  }

  forget(): void {
    this.#known.clear();
  }
}

function hashOf(cells: FindingCells): number {
  let hash = cells.length;
  for (let at = 0; at < cells.length; at++) hash = Math.imul(hash ^ (cells[at] as number), 0x01000193) ^ (hash >>> 15);
  return hash;
}

function isSame(one: FindingCells, other: FindingCells): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
