import type { CaptureEvidence, NewMessage, StoredCapture, StoredExchange, StoredGap } from '../model/evidence.ts';
import type { Mark } from '../model/mark.ts';
import { Contents } from './contents.ts';
import { type Connection, explained, openForReading } from './database.ts';
import { captureNamed, marksOf } from './marks.ts';
import { type EvidenceSecret, protectionOf } from './protection.ts';
import { EXCHANGE_COLUMNS, FINDING_COLUMNS, GAP_COLUMNS, RowReading, type StoredFinding } from './row-reading.ts';
import type { Cell } from './sealing.ts';

export interface ReaderOptions {
  /** Opens an encrypted file. */
  readonly secret?: EvidenceSecret | null;
}

/** Which rows to list. */
export interface Selection {
  /** Null: all captures of the file. */
  readonly capture: string | null;
  readonly limit: number | null;
}

/** Reads an evidence file, also while it is being written. */
export class EvidenceReader {
  readonly #path: string;
  readonly #database: Connection;
  readonly #rows: RowReading;
  readonly #contents: Contents;

  /** @throws TelltaleError `evidence-missing`, `evidence-invalid`, `evidence-newer`, `evidence-encrypted`. */
  static open(path: string, options: ReaderOptions = {}): EvidenceReader {
    const database = openForReading(path);
    try {
      return new EvidenceReader(path, database, options);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private constructor(path: string, database: Connection, options: ReaderOptions) {
    this.#path = path;
    this.#database = database;
    const protection = protectionOf(database, path, options.secret ?? null);
    this.#contents = new Contents(database, path, protection);
    this.#rows = new RowReading(database, this.#contents, protection);
  }

  captures(): readonly StoredCapture[] {
    return this.#all(`${CAPTURES} ORDER BY c.id`).map(storedCapture);
  }

  /** @param name null: the latest. @throws TelltaleError `capture-unknown`. */
  capture(name: string | null): StoredCapture {
    const { id } = captureNamed(this.#database, this.#path, name);
    return storedCapture(this.#all(`${CAPTURES} WHERE c.id = ?`, id)[0] as Cell[]);
  }

  marks(capture: number): readonly Mark[] {
    return marksOf(this.#database, capture);
  }

  /**
   * Everything that judging a capture needs, as of one moment.
   * Heads and body hashes of its exchanges are read when asked for, so the reader must stay open as long as they are used.
   *
   * @param name null: the latest capture. @throws TelltaleError `capture-unknown`.
   */
  captureEvidence(name: string | null): CaptureEvidence {
    return this.#atOneMoment(() => {
      const capture = this.capture(name);
      const exchanges = this.#all(
        `SELECT ${EXCHANGE_COLUMNS} FROM exchanges e WHERE e.capture = ? ORDER BY e.id`,
        capture.id,
      ).map((row) => this.#rows.exchange(row));
      const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
      const findings = this.#all(
        `SELECT ${FINDING_COLUMNS} FROM findings f WHERE f.exchange IN (SELECT id FROM exchanges WHERE capture = ?) ORDER BY f.id`,
        capture.id,
      ).map((row) => this.#rows.finding(row, byId.get(row[1] as number) as StoredExchange, capture.id).finding);
      const gaps = this.#all(`SELECT ${GAP_COLUMNS} FROM gaps g WHERE g.capture = ? ORDER BY g.id`, capture.id).map(
        (row) => this.#rows.gap(row),
      );
      return { capture, marks: this.marks(capture.id), exchanges, findings, gaps };
    });
  }

  *exchanges(selection: Selection): Generator<StoredExchange> {
    this.#rows.forgetMarks();
    for (const row of this.#list(`SELECT ${EXCHANGE_COLUMNS} FROM exchanges e`, 'e.capture', 'e.id', selection))
      yield this.#rows.exchange(row);
  }

  *findings(selection: Selection): Generator<StoredFinding> {
    this.#rows.forgetMarks();
    const from = `SELECT ${FINDING_COLUMNS}, ${EXCHANGE_COLUMNS} FROM findings f JOIN exchanges e ON e.id = f.exchange`;
    for (const row of this.#list(from, 'e.capture', 'f.id', selection)) yield this.#findingOf(row);
  }

  *gaps(selection: Selection): Generator<StoredGap> {
    for (const row of this.#list(`SELECT ${GAP_COLUMNS} FROM gaps g`, 'g.capture', 'g.id', selection))
      yield this.#rows.gap(row);
  }

  /** Null when there is none. */
  exchange(id: number): StoredExchange | null {
    const [row] = this.#all(`SELECT ${EXCHANGE_COLUMNS} FROM exchanges e WHERE e.id = ?`, id);
    return row === undefined ? null : this.#rows.exchange(row);
  }

  /** Null when there is none. */
  finding(id: number): StoredFinding | null {
    const [row] = this.#all(
      `SELECT ${FINDING_COLUMNS}, ${EXCHANGE_COLUMNS} FROM findings f JOIN exchanges e ON e.id = f.exchange WHERE f.id = ?`,
      id,
    );
    return row === undefined ? null : this.#findingOf(row);
  }

  findingsOf(exchange: number): readonly StoredFinding[] {
    return this.#all(
      `SELECT ${FINDING_COLUMNS}, ${EXCHANGE_COLUMNS} FROM findings f JOIN exchanges e ON e.id = f.exchange WHERE e.id = ? ORDER BY f.id`,
      exchange,
    ).map((row) => this.#findingOf(row));
  }

  gapsOf(exchange: number): readonly StoredGap[] {
    return this.#all(`SELECT ${GAP_COLUMNS} FROM gaps g WHERE g.exchange = ? ORDER BY g.id`, exchange).map((row) =>
      this.#rows.gap(row),
    );
  }

  /** The messages of a conversation, in order. */
  messagesOf(exchange: number): readonly NewMessage[] {
    const rows = this.#all(
      'SELECT at, direction, kind, body FROM messages WHERE exchange = ? ORDER BY number',
      exchange,
    );
    return rows.map(([at, direction, kind, body]) => ({
      at: at as number,
      direction: direction as NewMessage['direction'],
      kind: kind as NewMessage['kind'],
      body: this.#contents.refOf(body as number),
    }));
  }

  /** A body by the SHA-256 (64 lower hex) of its bytes as sent; null when its bytes were not kept. */
  body(sha256: string): Uint8Array | null {
    const pieces = this.#contents.pieces(sha256);
    return pieces === null ? null : Buffer.concat([...pieces]);
  }

  /** The same piece by piece: never more than a segment of 256 KB in memory. */
  bodyPieces(sha256: string): Iterable<Uint8Array> | null {
    return this.#contents.pieces(sha256);
  }

  close(): void {
    this.#database.close();
  }

  #findingOf(row: readonly Cell[]): StoredFinding {
    const exchange = row.slice(8);
    return this.#rows.finding(row, this.#rows.exchange(exchange), exchange[1] as number);
  }

  *#list(select: string, captureColumn: string, order: string, { capture, limit }: Selection): Generator<Cell[]> {
    const parameters: Cell[] = [];
    let where = '';
    if (capture !== null) {
      where = `WHERE ${captureColumn} = ?`;
      parameters.push(captureNamed(this.#database, this.#path, capture).id);
    }
    parameters.push(limit ?? -1);
    const statement = this.#database.prepare(`${select} ${where} ORDER BY ${order} LIMIT ?`).raw();
    yield* statement.iterate(...parameters) as Iterable<Cell[]>;
  }

  #all(sql: string, ...parameters: readonly Cell[]): Cell[][] {
    return explained(this.#path, () =>
      this.#database
        .prepare(sql)
        .raw()
        .all(...parameters),
    ) as Cell[][];
  }

  #atOneMoment<Result>(read: () => Result): Result {
    this.#rows.forgetMarks();
    return this.#database.transaction(read)();
  }
}

const CAPTURES = `
  SELECT c.id, c.name, c.started_at, n.ended_at, c.app, d.name, c.facts
  FROM captures c LEFT JOIN capture_ends n ON n.capture = c.id LEFT JOIN devices d ON d.id = c.device`;

function storedCapture([id, name, startedAt, endedAt, app, deviceName, facts]: readonly Cell[]): StoredCapture {
  return {
    id,
    name,
    startedAt,
    endedAt,
    app,
    deviceName,
    facts: JSON.parse(facts as string),
  } as unknown as StoredCapture;
}
