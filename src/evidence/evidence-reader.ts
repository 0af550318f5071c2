import { operatorError } from '../model/errors.ts';
import type { CaptureEvidence, NewConnection, NewMessage, StoredCapture, StoredGap } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import { Contents } from './contents.ts';
import { type Connection, explained, openForReading, type Statement } from './database.ts';
import { EXCHANGE_COLUMNS, type ExchangeRow } from './exchange-row.ts';
import type { Condition, Listed } from './filter-sql.ts';
import { exchangeOfFinding, findingRows } from './finding-rows.ts';
import { captureNamed, marksOf } from './marks.ts';
import { defineViews } from './named-views.ts';
import {
  contactsOf,
  type HostOverview,
  hostOverviews,
  type RecipientOverview,
  recipientOverviews,
} from './overviews.ts';
import { type EvidenceSecret, protectionOf } from './protection.ts';
import { FINDING_COLUMNS, FINDINGS, GAP_COLUMNS, RowReading, type StoredFinding } from './row-reading.ts';
import type { Cell } from './sealing.ts';
import { defineFunctions, Selecting, type Selection } from './selecting.ts';

export type { Selection };

export interface ReaderOptions {
  /** Opens an encrypted file. */
  readonly secret?: EvidenceSecret | null;
}

/** Reads an evidence file, also while it is being written. */
export class EvidenceReader {
  readonly #path: string;
  readonly #database: Connection;
  readonly #rows: RowReading;
  readonly #contents: Contents;
  readonly #selecting: Selecting;
  #ofExchange: Statement | null = null;

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
    this.#selecting = new Selecting(database, path, this.#rows, protection.suffix !== '');
    defineFunctions(database, (cell) => protection.showText(cell));
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
      // The condition on the number keeps SQLite from walking an index and looking up each row by itself.
      const select = `
        SELECT ${EXCHANGE_COLUMNS} FROM exchanges e
        WHERE +e.capture = ? AND (e.finding_count > 0 OR e.id IN (SELECT exchange FROM gaps WHERE exchange IS NOT NULL))
        ORDER BY e.id`;
      const exchanges = Array.from(this.#iterate(select, capture.id), (row) => this.#rows.exchange(row));
      const findings: Finding[] = [];
      for (const [exchange, row] of findingRows(this.#database, exchanges))
        findings.push(this.#rows.finding(row, exchange, capture.id).finding);
      const gaps = this.#all(`SELECT ${GAP_COLUMNS} FROM gaps g WHERE g.capture = ? ORDER BY g.id`, capture.id).map(
        (row) => this.#rows.gap(row),
      );
      const contacts = contactsOf(this.#database, capture.id);
      return { capture, marks: this.marks(capture.id), contacts, exchanges, findings, gaps };
    });
  }

  *exchanges(selection: Selection): Generator<ExchangeRow> {
    for (const row of this.#list('exchanges', `SELECT ${EXCHANGE_COLUMNS} FROM exchanges e`, selection))
      yield this.#rows.exchange(row);
  }

  *findings(selection: Selection): Generator<StoredFinding> {
    for (const row of this.#list('findings', FINDINGS_WITH_EXCHANGES, selection)) yield this.#findingOf(row);
  }

  *gaps(selection: Selection): Generator<StoredGap> {
    for (const row of this.#list('gaps', `SELECT ${GAP_COLUMNS} FROM gaps g`, selection)) yield this.#rows.gap(row);
  }

  /** Hosts of the exchanges selected, most exchanges first. */
  hosts(selection: Selection): readonly HostOverview[] {
    return hostOverviews(this.#database, this.#where('exchanges', selection)).slice(0, selection.limit ?? undefined);
  }

  /** Recipients of the exchanges selected, most exchanges first. */
  recipients(selection: Selection): readonly RecipientOverview[] {
    return recipientOverviews(this.#database, this.#where('exchanges', selection));
  }

  /** Null when there is none. */
  exchange(id: number): ExchangeRow | null {
    const [row] = this.#all(`SELECT ${EXCHANGE_COLUMNS} FROM exchanges e WHERE e.id = ?`, id);
    return row === undefined ? null : this.#rows.exchange(row);
  }

  /** Null when there is none. */
  finding(id: number): StoredFinding | null {
    const exchange = exchangeOfFinding(this.#database, id);
    return exchange === null ? null : (this.findingsOf(exchange).find(({ finding }) => finding.id === id) ?? null);
  }

  /** Lists ask this of every exchange that they show: the statement is prepared once. */
  findingsOf(exchange: number): readonly StoredFinding[] {
    return explained(this.#path, () => {
      this.#ofExchange ??= this.#database.prepare(`${FINDINGS_WITH_EXCHANGES} WHERE e.id = ? ORDER BY f.id`).raw();
      return this.#ofExchange.all(exchange) as Cell[][];
    }).map((row) => this.#findingOf(row));
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

  /** The connections of a capture, with their rows and ends (null: never seen). */
  connectionsOf(
    capture: number,
  ): readonly (NewConnection & { readonly id: number; readonly closedAt: number | null })[] {
    return this.#database
      .prepare(`
        SELECT n.id, n.capture, n.opened_at AS openedAt, n.phone_address AS phoneAddress, n.phone_port AS phonePort, n.via,
          d.name AS device, min(x.closed_at) AS closedAt
        FROM connections n LEFT JOIN devices d ON d.id = n.device LEFT JOIN connection_ends x ON x.connection = n.id
        WHERE n.capture = ? GROUP BY n.id ORDER BY n.id`)
      .all(capture) as (NewConnection & { id: number; closedAt: number | null })[];
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

  /**
   * Rows of a query of the operator's own, over the tables of docs/evidence.md and the views `exchange_list`, `finding_list` and
   * `gap_list`. The file is open for reading only. Columns of one name are told apart by a number; integers that a double cannot
   * hold come as their digits.
   * @throws TelltaleError `usage` for what is no query.
   */
  *sql(text: string): Generator<Record<string, unknown>> {
    defineViews(this.#database);
    let statement: Statement;
    try {
      statement = this.#database.prepare(text);
    } catch (error) {
      throw operatorError('usage', { message: `SQL: ${(error as Error).message}` }, { cause: error });
    }
    if (!statement.reader || !statement.readonly)
      throw operatorError('usage', { message: 'SQL: only one query that reads is allowed' });
    const names = distinct(statement.columns().map(({ name }) => name));
    try {
      for (const row of statement.raw().safeIntegers().iterate() as Iterable<unknown[]>)
        yield Object.fromEntries(row.map((cell, index) => [names[index], exact(cell)]));
    } catch (error) {
      throw operatorError('usage', { message: `SQL: ${(error as Error).message}` }, { cause: error });
    }
  }

  close(): void {
    this.#database.close();
  }

  #findingOf(row: readonly Cell[]): StoredFinding {
    const exchange = row.slice(8);
    return this.#rows.finding(row, this.#rows.exchange(exchange), exchange[1] as number);
  }

  *#list(listed: Listed, select: string, selection: Selection): Generator<Cell[]> {
    const where = this.#where(listed, selection);
    const order = this.#selecting.order(listed, selection);
    const statement = this.#database.prepare(`${select} WHERE ${where.sql} ${order.sql}`).raw();
    yield* statement.iterate(...where.parameters, ...order.parameters) as Iterable<Cell[]>;
  }

  #where(listed: Listed, selection: Selection): Condition {
    this.#rows.forgetMarks();
    return this.#selecting.where(listed, selection);
  }

  /** Rows one by one: a million of them at once would be mostly work for the garbage collector. */
  #iterate(sql: string, ...parameters: readonly Cell[]): Iterable<Cell[]> {
    return this.#database
      .prepare(sql)
      .raw()
      .iterate(...parameters) as Iterable<Cell[]>;
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

function distinct(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; seen.has(free); number++) free = `${name}:${number}`;
    seen.add(free);
    return free;
  });
}

function exact(cell: unknown): unknown {
  if (typeof cell !== 'bigint') return cell;
  const number = Number(cell);
  return Number.isSafeInteger(number) ? number : String(cell);
}

const FINDINGS_WITH_EXCHANGES = `SELECT ${FINDING_COLUMNS}, ${EXCHANGE_COLUMNS} FROM ${FINDINGS}`;

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
