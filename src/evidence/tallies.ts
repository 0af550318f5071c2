import type { Connection } from './database.ts';

export interface Tally {
  readonly capture: number;
  readonly host: number;
  readonly recipient: number;
  /** Row of the server's address; 0 when unknown. */
  readonly server: number;
  /** Data types of its findings, one an entry. */
  readonly dataTypes: readonly string[];
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly at: number;
}

interface Sum {
  /** As they stand in `tallies`. */
  readonly cells: number[];
  readonly findings: Map<string, number>;
}

/** Sums a batch by capture, host, recipient and server, and adds the sums to the file's. */
export class Tallies {
  readonly #add: { run(...values: number[]): unknown };
  readonly #addFindings: { run(...values: (number | string)[]): unknown };
  readonly #sums = new Map<string, Sum>();
  #last: Sum | null = null;

  constructor(database: Connection) {
    this.#add = database.prepare(`
      INSERT INTO tallies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET
        exchanges = exchanges + excluded.exchanges, findings = findings + excluded.findings,
        request_bytes = request_bytes + excluded.request_bytes, response_bytes = response_bytes + excluded.response_bytes,
        first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`);
    this.#addFindings = database.prepare(
      'INSERT INTO finding_tallies VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET findings = findings + excluded.findings',
    );
  }

  add(tally: Tally): void {
    const { capture, host, recipient, server, dataTypes, requestBytes, responseBytes, at } = tally;
    const { cells, findings } = this.#sumOf(capture, host, recipient, server, at);
    cells[4] = (cells[4] as number) + 1;
    cells[5] = (cells[5] as number) + dataTypes.length;
    cells[6] = (cells[6] as number) + requestBytes;
    cells[7] = (cells[7] as number) + responseBytes;
    cells[8] = Math.min(cells[8] as number, at);
    cells[9] = Math.max(cells[9] as number, at);
    for (const dataType of dataTypes) findings.set(dataType, (findings.get(dataType) ?? 0) + 1);
  }

  #sumOf(capture: number, host: number, recipient: number, server: number, at: number): Sum {
    const last = this.#last?.cells;
    // Often that of the exchange before, which takes less to compare than to look up.
    if (last?.[0] === capture && last[1] === host && last[2] === recipient && last[3] === server)
      return this.#last as Sum;
    const key = `${capture} ${host} ${recipient} ${server}`;
    let sum = this.#sums.get(key);
    if (sum === undefined) {
      sum = { cells: [capture, host, recipient, server, 0, 0, 0, 0, at, at], findings: new Map() };
      this.#sums.set(key, sum);
    }
    this.#last = sum;
    return sum;
  }

  write(): void {
    for (const { cells, findings } of this.#sums.values()) {
      this.#add.run(...cells);
      const [capture, , recipient] = cells as [number, number, number];
      for (const [dataType, count] of findings) this.#addFindings.run(capture, recipient, dataType, count);
    }
  }

  clear(): void {
    this.#sums.clear();
    this.#last = null;
  }
}
