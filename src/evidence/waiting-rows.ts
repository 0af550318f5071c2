import type { Cell, Row, SealedTable } from './sealing.ts';
import { SEALED_TABLES } from './sealing.ts';

/**
 * Rows of one table that wait to be written, cell by cell in one list: thousands of small lists that live for a quarter of a second
 * would be copied again and again by the collector of garbage.
 */
export class WaitingRows {
  readonly width: number;
  readonly cells: Cell[] = [];
  #count = 0;
  /** What the digest sees instead of a row, by its number, where that differs (bytes of packs, segments of bodies). */
  readonly #sealed = new Map<number, Row>();

  constructor(table: SealedTable) {
    this.width = SEALED_TABLES[table].length;
  }

  get count(): number {
    return this.#count;
  }

  add(row: Row, sealed: Row): void {
    const { cells, width } = this;
    let at = this.#count * width;
    for (let index = 0; index < width; index++) cells[at++] = row[index] as Cell;
    if (sealed !== row) this.#sealed.set(this.#count, sealed);
    this.#count += 1;
  }

  /** @param number from 0, in the order in which they were added. */
  row(number: number): Cell[] {
    return this.cells.slice(number * this.width, (number + 1) * this.width);
  }

  sealed(number: number): Row {
    return (this.#sealed.size === 0 ? undefined : this.#sealed.get(number)) ?? this.row(number);
  }

  /** Puts them in the order of their ids, which are their first cells. */
  sort(): void {
    const rows = Array.from({ length: this.#count }, (_, number) => ({
      row: this.row(number),
      sealed: this.#sealed.get(number),
    }));
    rows.sort((one, other) => (one.row[0] as number) - (other.row[0] as number));
    this.clear();
    for (const { row, sealed } of rows) this.add(row, sealed ?? row);
  }

  clear(): void {
    // The list keeps its length, and holds on to nothing.
    this.cells.fill(null, 0, this.#count * this.width);
    this.#count = 0;
    this.#sealed.clear();
  }
}
