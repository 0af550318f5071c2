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

/** Sums a batch by capture, host, recipient and server, and adds the sums to the file's. */
export class Tallies {
  readonly #add: { run(...values: number[]): unknown };
  readonly #addFindings: { run(...values: (number | string)[]): unknown };
  readonly #sums = new Map<string, number[]>();
  readonly #findings = new Map<string, [capture: number, recipient: number, dataType: string, findings: number]>();

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
    const findings = dataTypes.length;
    for (const dataType of dataTypes) this.#addFinding(capture, recipient, dataType);
    const key = `${capture} ${host} ${recipient} ${server}`;
    const sum = this.#sums.get(key);
    if (sum === undefined) {
      this.#sums.set(key, [capture, host, recipient, server, 1, findings, requestBytes, responseBytes, at, at]);
      return;
    }
    sum[4] = (sum[4] as number) + 1;
    sum[5] = (sum[5] as number) + findings;
    sum[6] = (sum[6] as number) + requestBytes;
    sum[7] = (sum[7] as number) + responseBytes;
    sum[8] = Math.min(sum[8] as number, at);
    sum[9] = Math.max(sum[9] as number, at);
  }

  write(): void {
    for (const sum of this.#sums.values()) this.#add.run(...sum);
    for (const sum of this.#findings.values()) this.#addFindings.run(...sum);
  }

  clear(): void {
    this.#sums.clear();
    this.#findings.clear();
  }

  #addFinding(capture: number, recipient: number, dataType: string): void {
    const key = `${capture} ${recipient} ${dataType}`;
    const sum = this.#findings.get(key);
    if (sum === undefined) this.#findings.set(key, [capture, recipient, dataType, 1]);
    else sum[3] += 1;
  }
}
