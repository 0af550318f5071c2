import { operatorError } from '../model/errors.ts';
import type { Phase } from '../model/mark.ts';
import type { Connection } from './database.ts';
import { parseFilter } from './filter-language.ts';
import { type Condition, filterSql, type Listed } from './filter-sql.ts';
import { captureNamed } from './marks.ts';
import { redactedNameBeside } from './redaction-key.ts';
import type { RowReading } from './row-reading.ts';
import type { Cell } from './sealing.ts';

/** Which rows to list, and in what order. */
export interface Selection {
  /** Null: all captures of the file. */
  readonly capture: string | null;
  /** In the language of docs/filters.md. */
  readonly filter?: string | null;
  /** Milliseconds since 1970, inclusive; null: from the beginning. */
  readonly from?: number | null;
  /** Exclusive; null: to the end. */
  readonly to?: number | null;
  /** One of {@link SORTS}, with a minus sign before it for descending; null: by number. */
  readonly sort?: string | null;
  readonly limit: number | null;
}

const SORTS: Readonly<Record<Listed, Readonly<Record<string, string>>>> = {
  exchanges: {
    id: 'e.id',
    time: 'e.started_at',
    duration: 'e.ended_at - e.started_at',
    host: '(SELECT name FROM hosts WHERE id = e.host)',
    recipient: '(SELECT ident FROM recipients WHERE id = e.recipient)',
    status: 'e.status',
    findings: 'e.finding_count',
    sent: 'coalesce((SELECT size FROM bodies WHERE id = e.request_body), 0)',
    received: 'coalesce((SELECT size FROM bodies WHERE id = e.response_body), 0)',
  },
  findings: {
    id: 'e.id',
    time: 'coalesce(f.message_at, e.started_at)',
    host: '(SELECT name FROM hosts WHERE id = e.host)',
    recipient: '(SELECT ident FROM recipients WHERE id = e.recipient)',
    type: '(SELECT data_type FROM finding_shapes WHERE id = f.shape)',
  },
  gaps: { id: 'g.id', time: 'g.at', kind: 'g.kind', host: '(SELECT name FROM hosts WHERE id = g.host)' },
};

const TIMES: Readonly<Record<Listed, string>> = {
  exchanges: 'e.started_at',
  findings: 'e.started_at',
  gaps: 'g.at',
};

/** Turns selections into conditions over one file. */
export class Selecting {
  readonly #database: Connection;
  readonly #path: string;
  readonly #rows: RowReading;
  readonly #shown: (column: string) => string;

  constructor(database: Connection, path: string, rows: RowReading, encrypted: boolean) {
    this.#database = database;
    this.#path = path;
    this.#rows = rows;
    this.#shown = encrypted ? (column) => `shown(${column})` : (column) => column;
  }

  /** A condition that is never empty. @throws TelltaleError `capture-unknown`, `filter-invalid`. */
  where(listed: Listed, selection: Selection): Condition {
    const parts: Condition[] = [];
    const captureColumn = listed === 'gaps' ? 'g.capture' : 'e.capture';
    if (selection.capture !== null) {
      const { id } = captureNamed(this.#database, this.#path, selection.capture);
      parts.push({ sql: `${captureColumn} = ?`, parameters: [id] });
    }
    if (selection.filter !== null && selection.filter !== undefined && selection.filter.trim() !== '')
      parts.push(
        filterSql(parseFilter(selection.filter), {
          listed,
          scan: selection.limit !== null && /^-?id$/.test(selection.sort ?? 'id'),
          shown: this.#shown,
          redactedName: (value) => redactedNameBeside(this.#path, value),
          spans: (phase) => this.#spans(phase),
        }),
      );
    if (typeof selection.from === 'number') parts.push({ sql: `${TIMES[listed]} >= ?`, parameters: [selection.from] });
    if (typeof selection.to === 'number') parts.push({ sql: `${TIMES[listed]} < ?`, parameters: [selection.to] });
    if (parts.length === 0) return { sql: '1', parameters: [] };
    return {
      sql: parts.map(({ sql }) => sql).join(' AND '),
      parameters: parts.flatMap(({ parameters }) => parameters),
    };
  }

  /** `ORDER BY … LIMIT ?` with its parameter. */
  order(listed: Listed, { sort, limit }: Selection): Condition {
    const name = (sort ?? 'id').replace(/^-/, '');
    const column = Object.hasOwn(SORTS[listed], name) ? SORTS[listed][name] : undefined;
    if (column === undefined) {
      const known = Object.keys(SORTS[listed]).join(', ');
      throw operatorError('usage', { message: `${listed} cannot be sorted by ${name}; there are ${known}` });
    }
    const direction = sort?.startsWith('-') ? 'DESC' : 'ASC';
    const columns = [column, SORTS[listed]['id'] as string, ...(listed === 'findings' ? ['f.id'] : [])];
    const order = [...new Set(columns)].map((by) => `${by} ${direction}`).join(', ');
    return { sql: `ORDER BY ${order} LIMIT ?`, parameters: [limit ?? -1] };
  }

  #spans(phase: Phase): { capture: number; from: number; to: number }[] {
    const captures = this.#database.prepare('SELECT id FROM captures').pluck().all() as number[];
    return captures.flatMap((capture) =>
      this.#rows
        .timeline(capture)
        .spans(phase)
        .map(([from, to]) => ({ capture, from, to })),
    );
  }
}

/** Defines the SQL functions that compiled filters call. */
export function defineFunctions(database: Connection, show: (cell: Cell) => string): void {
  const patterns = new Map<string, RegExp>();
  database.function('matches', { deterministic: true }, (pattern, text) => {
    if (typeof text !== 'string') return 0;
    let compiled = patterns.get(pattern as string);
    if (compiled === undefined) {
      compiled = new RegExp(pattern as string, 'iu');
      patterns.set(pattern as string, compiled);
    }
    return compiled.test(text) ? 1 : 0;
  });
  database.function('shown', { deterministic: true }, (cell) => (cell === null ? null : show(cell as Cell)));
}
