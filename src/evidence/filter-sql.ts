import { operatorError } from '../model/errors.ts';
import type { Phase } from '../model/mark.ts';
import { FILTER_FIELDS, type FieldName, type FilterField } from './filter-fields.ts';
import type { Filter, FilterValue, Operator } from './filter-language.ts';
import type { Cell } from './sealing.ts';

/** Which list is filtered. Aliases in the SQL: exchanges `e`, findings `f` (joined with `e`), gaps `g`. */
export type Listed = 'exchanges' | 'findings' | 'gaps';

/** A condition and the values of its parameters, in order. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly Cell[];
}

/** What the compiler must know of the file. */
export interface FilterContext {
  readonly listed: Listed;
  /** True when rows come by number and only the first few are wanted: then reading on is quicker than sorting what an index finds. */
  readonly scan: boolean;
  /** SQL that gives the text of a column that may be encrypted. */
  readonly shown: (column: string) => string;
  /** What stands for a whole value in redacted captures; null when nobody can know. */
  readonly redactedName: (value: string) => string | null;
  /** Spans of a phase: for each capture [from, to) in milliseconds. */
  readonly spans: (phase: Phase) => readonly { readonly capture: number; readonly from: number; readonly to: number }[];
}

type Comparison = Extract<Filter, { type: 'compare' }>;

/**
 * Compiles a filter to SQL. Values only ever become parameters; column names only ever come from tables in this file.
 * Regular expressions call the SQL function `matches(pattern, text)`, which the reader defines.
 *
 * @throws TelltaleError `filter-invalid` for fields and values that make no sense.
 */
export function filterSql(filter: Filter, context: FilterContext): Condition {
  if (filter.type === 'not') {
    const inner = filterSql(filter.inner, context);
    return { sql: `NOT ${inner.sql}`, parameters: inner.parameters };
  }
  if (filter.type !== 'compare') {
    const left = filterSql(filter.left, context);
    const right = filterSql(filter.right, context);
    const word = filter.type.toUpperCase();
    return { sql: `(${left.sql} ${word} ${right.sql})`, parameters: [...left.parameters, ...right.parameters] };
  }
  return comparison(filter, context);
}

function comparison(compare: Comparison, context: FilterContext): Condition {
  const name = knownField(compare);
  const about: FilterField = FILTER_FIELDS[name];
  const negated = compare.operator === '!=' || compare.operator === '!~';
  const operator = negated ? (compare.operator.slice(1) as Operator) : compare.operator;
  const each = compare.values.map((value) => one(name, about, operator, value, context));
  const any = each.length === 1 ? (each[0] as Condition).sql : `(${each.map(({ sql }) => sql).join(' OR ')})`;
  return { sql: negated ? `NOT ${any}` : any, parameters: each.flatMap(({ parameters }) => parameters) };
}

function one(
  name: FieldName,
  about: FilterField,
  operator: Operator,
  value: FilterValue,
  context: FilterContext,
): Condition {
  if (about.values.length > 0 && operator === '=' && !about.values.includes(value.text))
    throw wrong(value, `${name} is one of ${about.values.join(', ')}`);
  if (context.listed === 'gaps' && about.of !== 'gap' && !(name in GAP_COLUMNS)) {
    const inner = one(name, about, operator, value, { ...context, listed: 'exchanges' });
    return {
      sql: `coalesce(g.exchange IN (SELECT e.id FROM exchanges e WHERE ${inner.sql}), 0)`,
      parameters: inner.parameters,
    };
  }
  if (about.kind === 'phase') return phase(operator, value, context);
  if (about.of === 'finding') return ofFinding(name, operator, value, context);
  if (about.of === 'gap') return ofGap(operator, value, context);
  return ofExchange(name, about, operator, value, context);
}

/** Columns of gaps that stand for fields of exchanges. */
const GAP_COLUMNS = {
  id: 'id',
  capture: 'capture',
  time: 'at',
  phase: 'at',
  device: '',
  sdk: '',
  recipient: '',
  party: '',
  host: 'host',
  port: 'port',
};

const NUMBERS: Readonly<Partial<Record<FieldName, string>>> = {
  port: '@.port',
  duration: '(e.ended_at - e.started_at)',
  status: 'e.status',
  findings: 'e.finding_count',
  sent: 'coalesce((SELECT size FROM bodies WHERE id = e.request_body), 0)',
  received: 'coalesce((SELECT size FROM bodies WHERE id = e.response_body), 0)',
};

/** Small tables that a column refers to, and their columns that are compared. */
const NAMED: Readonly<
  Partial<Record<FieldName, readonly [column: string, table: string, where: string, texts: readonly string[]]>>
> = {
  capture: ['@.capture', 'captures', '', ['name']],
  sdk: ['@.recipient', 'recipients', "kind = 'sdk' AND ", ['ident']],
  recipient: ['@.recipient', 'recipients', '', ['ident', 'name']],
  party: ['@.recipient', 'recipients', '', ['kind']],
  host: ['@.host', 'hosts', '', ['name']],
  path: ['e.path', 'paths', '', ['!path']],
};

const TEXTS: Readonly<Partial<Record<FieldName, string>>> = {
  method: 'e.method',
  scheme: 'e.scheme',
  query: '!e.query',
  error: 'e.error',
  // A connection without a device of its own is one of the capture's.
  device: `(SELECT d.name FROM captures c LEFT JOIN connections n ON n.id = @.connection
    JOIN devices d ON d.id = coalesce(n.device, c.device) WHERE c.id = @.capture)`,
};

function ofExchange(
  name: FieldName,
  about: FilterField,
  operator: Operator,
  value: FilterValue,
  context: FilterContext,
): Condition {
  const alias = context.listed === 'gaps' ? 'g' : 'e';
  const at = (column: string) => column.replaceAll('@', alias);
  if (name === 'id')
    return number(
      { exchanges: 'e.id', findings: '(f.id + coalesce(r.shift, 0))', gaps: 'g.id' }[context.listed],
      operator,
      value,
    );
  if (about.kind === 'time') return time(context.listed === 'gaps' ? 'g.at' : observed(context), operator, value);
  if (about.kind !== 'text') return number(at(NUMBERS[name] as string), operator, value);
  const named = NAMED[name];
  if (named === undefined) {
    const { sql, parameters } = text(shownColumn(at(TEXTS[name] as string), context), operator, value);
    return { sql: `coalesce(${sql}, 0)`, parameters };
  }
  const [column, table, where, texts] = named;
  const tests = texts.map((cell) => text(shownColumn(cell, context), operator, value));
  const found = `${at(column)} IN (SELECT id FROM ${table} WHERE ${where}(${tests.map(({ sql }) => sql).join(' OR ')}))`;
  return {
    sql: context.listed === 'gaps' ? `coalesce(${found}, 0)` : found,
    parameters: tests.flatMap(({ parameters }) => parameters),
  };
}

/** A column whose name stands after an exclamation mark may be encrypted. */
function shownColumn(column: string, context: FilterContext): string {
  return column.startsWith('!') ? context.shown(column.slice(1)) : column;
}

function observed(context: FilterContext): string {
  return context.listed === 'findings' ? 'coalesce(f.message_at, e.started_at)' : 'e.started_at';
}

const SHAPES: Readonly<Partial<Record<FieldName, string>>> = {
  type: 'data_type',
  transform: 'transform',
  place: 'place',
  field: '!field',
  direction: 'direction',
  match: 'match',
};

function ofFinding(name: FieldName, operator: Operator, value: FilterValue, context: FilterContext): Condition {
  const column = SHAPES[name];
  const [refer, table, cell] =
    column === undefined ? ['value', 'found_values', '!value'] : ['shape', 'finding_shapes', column];
  const { sql, parameters } = anyOf(
    [value, ...(name === 'value' && operator === '=' ? redacted(value, context) : [])].map((one) =>
      text(shownColumn(cell, context), operator, one),
    ),
  );
  const ids = `(SELECT id FROM ${table} WHERE ${sql})`;
  const exchanges = `e.id IN (SELECT x.exchange FROM all_findings x WHERE x.${refer} IN ${ids})`;
  if (context.listed === 'exchanges') return { sql: exchanges, parameters };
  const found = `+f.${refer} IN ${ids}`;
  if (context.scan) return { sql: found, parameters };
  // The exchanges say no more than the findings: they are what an index leads to.
  return { sql: `(${found} AND ${exchanges})`, parameters: [...parameters, ...parameters] };
}

function redacted(value: FilterValue, context: FilterContext): FilterValue[] {
  const name = context.redactedName(value.text);
  return name === null ? [] : [{ ...value, text: name }];
}

function anyOf(conditions: readonly Condition[]): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

function ofGap(operator: Operator, value: FilterValue, context: FilterContext): Condition {
  if (context.listed === 'gaps') return text('g.kind', operator, value);
  const { sql, parameters } = text('x.kind', operator, value);
  return { sql: `e.id IN (SELECT x.exchange FROM gaps x WHERE x.exchange IS NOT NULL AND ${sql})`, parameters };
}

function phase(operator: Operator, value: FilterValue, context: FilterContext): Condition {
  if (operator !== '=') throw wrong(value, 'a phase is compared with = or !=');
  const [capture, at] = context.listed === 'gaps' ? ['g.capture', 'g.at'] : ['e.capture', observed(context)];
  const spans = context.spans(value.text as Phase);
  const finite = (moment: number) => Math.max(-9e15, Math.min(9e15, moment));
  return {
    sql: `(0${spans.map(() => ` OR (${capture} = ? AND ${at} >= ? AND ${at} < ?)`).join('')})`,
    parameters: spans.flatMap((span) => [span.capture, finite(span.from), finite(span.to)]),
  };
}

function text(column: string, operator: Operator, value: FilterValue): Condition {
  if (operator !== '=' && operator !== '~') throw wrong(value, `text is compared with = != ~ or !~, not ${operator}`);
  if (value.isPattern) {
    if (operator === '=') throw wrong(value, 'a regular expression comes after ~');
    try {
      new RegExp(value.text, 'iu');
    } catch (error) {
      throw wrong(value, (error as Error).message);
    }
    return { sql: `matches(?, ${column})`, parameters: [value.text] };
  }
  if (operator === '=') return { sql: `${column} = ? COLLATE NOCASE`, parameters: [value.text] };
  const escaped = value.text.replace(/[\\%_]/g, '\\$&');
  return { sql: `${column} LIKE ? ESCAPE '\\'`, parameters: [`%${escaped}%`] };
}

function number(column: string, operator: Operator, value: FilterValue): Condition {
  if (operator === '~') throw wrong(value, 'numbers are compared with = != < <= > or >=');
  const unit = { '': 1, k: 1_000, m: 1_000_000, g: 1_000_000_000 };
  const [, digits, letter = ''] = /^(-?\d{1,15})([kmg]?)$/i.exec(value.text) ?? [];
  if (digits === undefined) throw wrong(value, 'expected a whole number');
  const parameters = [Number(digits) * unit[letter.toLowerCase() as keyof typeof unit]];
  return { sql: `coalesce(${column} ${operator} ?, 0)`, parameters };
}

function time(column: string, operator: Operator, value: FilterValue): Condition {
  if (operator === '~') throw wrong(value, 'times are compared with = != < <= > or >=');
  return { sql: `${column} ${operator} ?`, parameters: [momentOf(value)] };
}

/** ISO 8601; UTC when no zone is given, so that a filter means the same everywhere. */
function momentOf(value: FilterValue): number {
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(value.text) || !value.text.includes('T') ? value.text : `${value.text}Z`;
  const moment = /^\d{4}-\d\d-\d\d/.test(zoned) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(moment)) throw wrong(value, 'expected a time such as 2026-11-21T20:00:00Z');
  return moment;
}

function knownField({ field, column }: Comparison): FieldName {
  if (Object.hasOwn(FILTER_FIELDS, field)) return field as FieldName;
  const names = Object.keys(FILTER_FIELDS);
  throw operatorError('filter-invalid', {
    column,
    expected: `${field} is not a field; there are ${names.join(', ')}`,
  });
}

function wrong({ column }: FilterValue, expected: string): Error {
  return operatorError('filter-invalid', { column, expected });
}
