import type { StoredGap } from '../model/evidence.ts';
import type { Direction } from '../model/exchange.ts';
import { type Finding, type MatchKind, maskValue, type Place } from '../model/finding.ts';
import type { GapKind } from '../model/gaps.ts';
import { PhaseTimeline } from '../model/phase-timeline.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Contents } from './contents.ts';
import type { Connection, Statement } from './database.ts';
import { type ExchangeRest, ExchangeRow, type NamesOfExchange } from './exchange-row.ts';
import { marksOf } from './marks.ts';
import type { Protection } from './protection.ts';
import type { Cell } from './sealing.ts';

/** Columns of {@link FINDINGS}, in the order in which {@link RowReading.finding} takes them. */
export const FINDING_COLUMNS =
  'f.id + coalesce(r.shift, 0), e.id, f.shape, f.start, f.length, f.value, f.message, f.message_at';

/**
 * Exchanges `e` with their findings `f`: the same as `all_findings` with their exchanges, for questions that begin at exchanges. SQLite
 * would join such a view from its wrong end. Findings come in the order of their numbers by `e.id, f.id`.
 */
export const FINDINGS = `exchanges e LEFT JOIN repeated_findings r ON r.id = e.id
  CROSS JOIN findings f ON f.exchange = coalesce(r.same_as, e.id)`;

/** Columns of `gaps g`, in the order in which {@link RowReading.gap} takes them. */
export const GAP_COLUMNS =
  'g.id, g.capture, g.exchange, g.at, g.kind, g.host, g.port, g.recipient, g.place, g.bytes_unread, g.detail, g.facts';

/** A finding together with what only the evidence file may say. */
export interface StoredFinding {
  readonly finding: Finding;
  /** The whole value that was recognised; of a redacted capture the name that stands for it. */
  readonly value: string;
  readonly redacted: boolean;
  /** Which value of the device profile's list; null when none is behind it. */
  readonly valueIndex: number | null;
}

/** `redacted:` and eight of the digits that name a value. */
const REDACTED_SHOWN = 17;

interface Shape {
  readonly dataType: string;
  readonly direction: Direction;
  readonly place: Place;
  readonly field: string | null;
  readonly decodeChain: readonly string[];
  readonly transform: string;
  readonly match: MatchKind;
  readonly valueIndex: number | null;
}

/** Turns rows into the values of the model. Small tables are looked up once and remembered: joins would cost more. */
export class RowReading {
  readonly contents: Contents;
  readonly #capture: Lookup<{ readonly name: string; readonly redacted: boolean }>;
  readonly #host: Lookup<string>;
  readonly #path: Lookup<string>;
  readonly #recipient: Lookup<Recipient>;
  readonly #shape: Lookup<Shape>;
  readonly #value: Lookup<{ readonly whole: string; readonly masked: string }>;
  readonly #names: NamesOfExchange;
  readonly #database: Connection;
  readonly #timelines = new Map<number, PhaseTimeline>();

  constructor(database: Connection, contents: Contents, protection: Protection) {
    this.#database = database;
    this.contents = contents;
    const shown = (cell: Cell) => protection.showText(cell);
    const lookup = <Value>(table: string, columns: string, read: (row: Cell[]) => Value) =>
      new Lookup(database.prepare(`SELECT ${columns} FROM ${table} WHERE id = ?`).raw(), table, read);
    this.#capture = lookup('captures', 'name, facts', ([name, facts]) => ({
      name: name as string,
      redacted: (JSON.parse(facts as string) as Record<string, unknown>)['redacted'] === true,
    }));
    this.#host = lookup('hosts', 'name', ([name]) => name as string);
    this.#path = lookup('paths', 'path', ([path]) => shown(path as Cell));
    this.#recipient = lookup(
      'recipients',
      'kind, ident, name',
      ([kind, id, name]) => ({ kind, id, name }) as unknown as Recipient,
    );
    this.#shape = lookup(
      'finding_shapes',
      'data_type, direction, place, field, decode_chain, transform, match, value_index',
      ([dataType, direction, place, field, chain, transform, match, valueIndex]) =>
        ({
          dataType,
          direction,
          place,
          field: field === null ? null : shown(field as Cell),
          decodeChain: JSON.parse(shown(chain as Cell)) as string[],
          transform,
          match,
          valueIndex,
        }) as Shape,
    );
    this.#value = lookup('found_values', 'value', ([value]) => {
      const whole = shown(value as Cell);
      return { whole, masked: maskValue(whole) };
    });
    const rest = database.prepare(
      'SELECT request_body, response_body, head_pack, head_start, head_size, connection FROM exchanges WHERE id = ?',
    );
    // A connection without a device of its own is one of the capture's.
    const device = database
      .prepare(
        `SELECT d.name FROM captures c LEFT JOIN connections n ON n.id = ?
          JOIN devices d ON d.id = coalesce(n.device, c.device) WHERE c.id = ?`,
      )
      .pluck();
    this.#names = {
      contents,
      captureOf: (id) => this.#capture.get(id).name,
      phaseAt: (capture, moment) => this.timeline(capture).at(moment),
      hostOf: (id) => this.#host.get(id),
      targetOf: (path, query) => this.#path.get(path) + (query === null ? '' : shown(query)),
      recipientOf: (id) => this.#recipient.get(id),
      restOf: (id) => rest.get(id) as ExchangeRest,
      deviceOf: (connection, capture) => (device.get(connection, capture) as string | undefined) ?? null,
    };
  }

  /** Marks may have been added since the last query. */
  forgetMarks(): void {
    this.#timelines.clear();
  }

  timeline(capture: number): PhaseTimeline {
    let timeline = this.#timelines.get(capture);
    if (timeline === undefined) {
      timeline = new PhaseTimeline(marksOf(this.#database, capture));
      this.#timelines.set(capture, timeline);
    }
    return timeline;
  }

  exchange(row: readonly Cell[]): ExchangeRow {
    return new ExchangeRow(row, this.#names);
  }

  finding(row: readonly Cell[], exchange: ExchangeRow, capture: number): StoredFinding {
    const shape = this.#shape.get(row[2] as number);
    const { whole: value, masked } = this.#value.get(row[5] as number);
    const { redacted } = this.#capture.get(capture);
    const observedAt = (row[7] as number | null) ?? exchange.startedAt;
    const finding: Finding = {
      id: row[0] as number,
      exchange: exchange.id,
      capture: exchange.capture,
      observedAt,
      phase: row[7] === null ? exchange.phase : this.timeline(capture).at(observedAt),
      recipient: exchange.recipient,
      host: exchange.host,
      method: exchange.method,
      url: exchange.url,
      direction: shape.direction,
      place: shape.place,
      field: shape.field,
      decodeChain: shape.decodeChain,
      offset: row[3] as number,
      length: row[4] as number,
      dataType: shape.dataType,
      transform: shape.transform,
      match: shape.match,
      valueMasked: redacted ? value.slice(0, REDACTED_SHOWN) : masked,
      message: row[6] as number | null,
    };
    return { finding, value, redacted, valueIndex: shape.valueIndex };
  }

  gap(row: readonly Cell[]): StoredGap {
    return {
      id: row[0] as number,
      capture: this.#capture.get(row[1] as number).name,
      exchange: row[2] as number | null,
      at: row[3] as number,
      host: row[5] === null ? null : this.#host.get(row[5] as number),
      port: row[6] as number | null,
      recipient: row[7] === null ? null : this.#recipient.get(row[7] as number),
      gap: {
        kind: row[4] as GapKind,
        at: JSON.parse(row[8] as string) as string[],
        bytesUnread: row[9] as number | null,
        detail: row[10] as string | null,
      },
      facts: JSON.parse(row[11] as string) as Record<string, string | number>,
    };
  }
}

/** Rows of a small table by id, each read once. */
class Lookup<Value> {
  readonly #statement: Statement;
  readonly #table: string;
  readonly #read: (row: Cell[]) => Value;
  readonly #known = new Map<number, Value>();

  constructor(statement: Statement, table: string, read: (row: Cell[]) => Value) {
    this.#statement = statement;
    this.#table = table;
    this.#read = read;
  }

  get(id: number): Value {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const row = this.#statement.get(id) as Cell[] | undefined;
    if (row === undefined) throw new RangeError(`${this.#table} ${id} is not there`);
    const value = this.#read(row);
    this.#known.set(id, value);
    return value;
  }
}
