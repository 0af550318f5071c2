import { operatorError } from '../model/errors.ts';

/** Comparison operators. `~` is "contains", or a regular expression when the value stands between slashes. */
export type Operator = '=' | '!=' | '~' | '!~' | '<' | '<=' | '>' | '>=';

export interface FilterValue {
  readonly text: string;
  /** Written between slashes. */
  readonly isPattern: boolean;
  /** From 1. */
  readonly column: number;
}

export type Filter =
  | { readonly type: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly type: 'not'; readonly inner: Filter }
  | {
      readonly type: 'compare';
      readonly field: string;
      readonly column: number;
      readonly operator: Operator;
      /** Any of them. */
      readonly values: readonly FilterValue[];
    };

/** A filter nests no deeper than this: SQLite refuses expressions of more than 1,000 levels. */
const DEPTH_MAX = 100;
/** Nor names it more values than this, for the same reason: a chain of or is as deep as it is long. */
const VALUES_MAX = 400;

/**
 * Reads a filter such as `sdk=umeng and type=imei,oaid and not host~"test"`. The grammar stands in docs/filters.md.
 *
 * @throws TelltaleError `filter-invalid`, which points at the column.
 */
export function parseFilter(text: string): Filter {
  const parser = new Parser(text);
  const filter = parser.or(0);
  parser.end();
  return filter;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  or(depth: number): Filter {
    let left = this.#and(depth);
    while (this.#word(/(or\b|\|\|?)/iy)) left = { type: 'or', left, right: this.#and(depth) };
    return left;
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#wrong('expected and, or, or the end');
  }

  #and(depth: number): Filter {
    let left = this.#not(depth);
    while (this.#word(/(and\b|&&?)/iy)) left = { type: 'and', left, right: this.#not(depth) };
    return left;
  }

  #not(depth: number): Filter {
    if (depth > DEPTH_MAX) throw this.#wrong(`expected no more than ${DEPTH_MAX} levels`);
    if (this.#word(/(not\b|!(?![=~]))/iy)) return { type: 'not', inner: this.#not(depth + 1) };
    if (!this.#word(/\(/y)) return this.#compare();
    const inner = this.or(depth + 1);
    if (!this.#word(/\)/y)) throw this.#wrong('expected )');
    return inner;
  }

  #compare(): Filter {
    this.#space();
    const column = this.#at + 1;
    const field = this.#take(/[a-z][a-z_-]*/iy);
    if (field === null) throw this.#wrong('expected a field, not or (');
    this.#space();
    const operator = this.#take(/(!=|!~|<=|>=|==|[=~<>])/y);
    if (operator === null) throw this.#wrong(`expected one of = != ~ !~ < <= > >= after ${field}`);
    const values = [this.#value()];
    while (this.#word(/,/y)) values.push(this.#value());
    return {
      type: 'compare',
      field: field.toLowerCase(),
      column,
      operator: (operator === '==' ? '=' : operator) as Operator,
      values,
    };
  }

  #value(): FilterValue {
    this.#space();
    this.#values += 1;
    if (this.#values > VALUES_MAX) throw this.#wrong(`expected no more than ${VALUES_MAX} values`);
    const column = this.#at + 1;
    const quoted = this.#take(/"(?:[^"\\]|\\.)*"/sy);
    if (quoted !== null) return { text: quoted.slice(1, -1).replace(/\\(.)/gs, '$1'), isPattern: false, column };
    const pattern = this.#take(/\/(?:[^/\\]|\\.)+\/(?=[\s),]|$)/sy);
    if (pattern !== null) return { text: pattern.slice(1, -1).replaceAll('\\/', '/'), isPattern: true, column };
    if (this.#text[this.#at] === '"') throw this.#wrong('this quotation mark is not closed');
    const bare = this.#take(/[^\s()",|&]+/y);
    if (bare === null)
      throw this.#wrong('expected a value; put it in quotation marks when it holds spaces or brackets');
    return { text: bare, isPattern: false, column };
  }

  #word(pattern: RegExp): boolean {
    this.#space();
    return this.#take(pattern) !== null;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #space(): void {
    this.#take(/\s*/y);
  }

  #wrong(expected: string): Error {
    return operatorError('filter-invalid', { column: this.#at + 1, expected });
  }
}
