import { columnScore } from './column-score.ts';
import type { Draft } from './entry.ts';
import { cleanName, isCompany, isGenericName } from './entry.ts';
import { fold } from './fold.ts';
import { guessColumns } from './headless-grid.ts';
import type { Reader } from './label-data.ts';
import { labelKind } from './labels.ts';
import type { Passage } from './passage.ts';
import { dataParts } from './said.ts';
import { hits, type LabelKind } from './words.ts';

/** A table whose columns are understood. */
export interface ReadGrid {
  /** sdk: a row an SDK; collection: what the app itself collects; permission: which permissions it asks for; other: none of ours. */
  readonly kind: 'sdk' | 'collection' | 'permission' | 'other';
  readonly columns: Columns | null;
  readonly drafts: readonly Draft[];
  /** Cells that name data or permissions of the app itself. */
  readonly ownData: readonly Passage[];
}

/** The columns of a table: what each holds, and the folded words of its head. */
export interface Columns {
  readonly kinds: readonly (LabelKind | null)[];
  readonly heads: readonly string[];
}

type Rows = readonly (readonly Passage[])[];

const NOTHING: ReadGrid = { kind: 'other', columns: null, drafts: [], ownData: [] };

/**
 * Reads a table by its head, or, where it has none, by the head of the table it continues, or by what its cells look like.
 *
 * @param context whether the text around speaks of SDKs: then a table of names and data lists them.
 * @param previous columns of the table before, when this one may be its next page.
 */
export function readGrid(rows: Rows, context: boolean, previous: Columns | null, reader: Reader): ReadGrid {
  const fields = fieldRows(rows, context, reader);
  if (fields !== null) return fields;
  const head = headOf(rows, reader);
  if (head === null) {
    if (!context) return NOTHING;
    const continued = previous?.kinds.length === (rows[0]?.length ?? 0) ? previous : null;
    const columns = continued ?? guessColumns(rows, reader);
    if (columns === null) return NOTHING;
    return { kind: 'sdk', columns, drafts: rowDrafts(rows, columns, reader), ownData: [] };
  }
  const columns = named(head.columns, rows.slice(head.rows), reader);
  const kind = gridKind(columns, rows.slice(head.rows), context, reader, columns.heads.join(' '));
  const body = unshifted(rows.slice(head.rows), columns, reader);
  if (kind === 'sdk') return { kind, columns, drafts: rowDrafts(body, columns, reader), ownData: [] };
  return { kind, columns, drafts: [], ownData: kind === 'other' ? [] : ownCells(body, columns, kind) };
}

/** Where the names of SDKs stand below another head than that of the names, with companies below that one, the heads are exchanged. */
function named(columns: Columns, body: Rows, reader: Reader): Columns {
  const at = columns.kinds.indexOf('name');
  if (at === -1) return columns;
  const share = (column: number, fits: (text: string) => boolean) =>
    body.filter((row) => fits(row[column]?.text.trim() ?? '')).length / Math.max(1, body.length);
  if (share(at, (text) => isCompany(text, reader.words)) < 0.6) return columns;
  const better = columns.kinds.findIndex(
    (kind, column) =>
      (kind === null || ['function', 'category', 'vendor', 'scene'].includes(kind)) &&
      share(column, (text) => text.length <= 40 && /sdk/i.test(text)) >= 0.6,
  );
  if (better === -1) return columns;
  const kinds = columns.kinds.map((kind, column) => (column === better ? 'name' : column === at ? 'vendor' : kind));
  return { ...columns, kinds };
}

/**
 * Rows below a merged cell, as some page readers leave them: their cells moved to the left, into the places of the merged ones, and
 * empty ones at the end. Where that makes them fit their columns better, they are moved back.
 */
function unshifted(body: Rows, { kinds }: Columns, reader: Reader): Rows {
  const fitness = (cells: readonly Passage[], at: number) =>
    cells.reduce(
      (sum, cell, index) => sum + (cell.text === '' ? 0 : columnScore(kinds[at + index] ?? null, cell, reader)),
      0,
    );
  const moved: (readonly Passage[])[] = [];
  for (const row of body) {
    const above = moved.at(-1);
    const cells = row.slice(0, row.findLastIndex((cell) => cell.text !== '') + 1);
    if (above === undefined || cells.length === 0 || cells.length === row.length) {
      moved.push(row);
      continue;
    }
    let best = { at: 0, fits: fitness(cells, 0) + SHIFT_GAIN_MIN };
    for (let at = 1; at <= row.length - cells.length; at++) {
      const fits = fitness(cells, at);
      if (fits > best.fits) best = { at, fits };
    }
    const rest = row.slice(best.at + cells.length);
    moved.push(best.at === 0 ? row : [...above.slice(0, best.at), ...cells, ...rest]);
  }
  return moved;
}

/** How much better a row must fit its columns when moved. */
const SHIFT_GAIN_MIN = 1;

interface Head {
  readonly columns: Columns;
  /** Rows above the first row of the body. */
  readonly rows: number;
}

const HEAD_ROWS_MAX = 3;

/** The head: the first row with two labels; a title over all columns may stand above it, a second head row below. */
function headOf(rows: Rows, reader: Reader): Head | null {
  for (let index = 0; index < Math.min(rows.length - 1, HEAD_ROWS_MAX); index++) {
    const row = rows[index] as readonly Passage[];
    const heads = row.map((cell) => cell.text);
    const kinds = columnsOf(heads, reader);
    const labels = kinds.filter((kind) => kind !== null);
    if (labels.length < 2 || new Set(labels).size < 2 || labels.length * 2 < new Set(heads).size) continue;
    if (heads.some((text) => VALUE.test(text.trim()))) continue;
    return { columns: { kinds, heads: heads.map((head) => plain(head, reader)) }, rows: index + 1 };
  }
  return null;
}

/** 用于推送消息, an address: what a row says, however much its other cells read like heads. */
const VALUE = /^(?:用于|用来|为了)[^/]{3,}(?<!目的|用途|场景)$|https?:\/\//;

/** The kind of each column; of several that could hold the name the one that says SDK or product does. */
export function columnsOf(heads: readonly string[], reader: Reader): (LabelKind | null)[] {
  const columns = heads.map((head) => labelKind(head, reader.words));
  const names = columns.flatMap((kind, index) => (kind === 'name' ? [index] : []));
  if (names.length > 1) {
    const folded = heads.map((head) => fold(head, reader.words));
    const best =
      names.find((index) => /sdk/.test(folded[index] as string)) ??
      names.find((index) => /产品|product/.test(folded[index] as string)) ??
      names[0];
    for (const index of names)
      if (index !== best) columns[index] = folded[index] === folded[best as number] ? 'name' : 'vendor';
  }
  if (names.length === 0) {
    const vendor = columns.indexOf('vendor');
    const stand =
      vendor !== -1
        ? vendor
        : columns.findIndex(
            (kind, index) =>
              kind === 'function' && index <= 1 && /服务|产品|service/.test(fold(heads[index] ?? '', reader.words)),
          );
    if (stand !== -1) columns[stand] = 'name';
  }
  return columns;
}

function gridKind(
  { kinds: columns }: Columns,
  body: Rows,
  context: boolean,
  reader: Reader,
  head: string,
): ReadGrid['kind'] {
  const has = (kind: LabelKind) => columns.includes(kind);
  const named = columns.indexOf('name');
  if (
    named !== -1 &&
    (has('data') ||
      has('purpose') ||
      has('function') ||
      has('link') ||
      has('site') ||
      has('scene') ||
      has('vendor') ||
      has('permission'))
  ) {
    const names = body.map((row) => fold(row[named]?.text ?? '', reader.words));
    const sdks = names.filter((name) => /sdk/.test(name) || hits(reader.words.patterns.knownSdk, name)).length;
    // One recipient in every row is the app itself.
    if (names.length >= 3 && new Set(names).size === 1 && sdks === 0) return 'other';
    const ofOthers = has('data') && /第三方|合作(?:方|伙伴)/.test(head);
    if (context || ofOthers || /sdk/.test(head) || sdks * 4 >= Math.max(1, names.length)) return 'sdk';
    return 'other';
  }
  if (has('permission')) return 'permission';
  if (has('data')) return 'collection';
  return 'other';
}

/** Rows that go on with the same name are one entry: a product with several purposes or kinds of data. */
function rowDrafts(body: Rows, layout: Columns, reader: Reader): Draft[] {
  const columns = layout.kinds;
  const drafts: { name: Passage; fields: { kind: LabelKind; value: Passage }[]; data: Passage[] }[] = [];
  const nameAt = columns.indexOf('name');
  const vendorAt = columns.indexOf('vendor');
  for (const row of body) {
    if (isHeadAgain(row, layout, reader) || isBand(row)) continue;
    let name = row[nameAt];
    const fields = row.flatMap((value, index) => {
      const kind = columns[index] ?? null;
      return kind !== null && kind !== 'name' && index !== nameAt && value.text.trim() + value.links.join('') !== ''
        ? [{ kind, value }]
        : [];
    });
    const last = drafts.at(-1);
    const empty = name === undefined || name.text.trim() === '';
    const same =
      last !== undefined &&
      name !== undefined &&
      (name === last.name || (name.text.trim() === last.name.text.trim() && !empty));
    if (
      (same || empty) &&
      last !== undefined &&
      fields.some(
        (field) => field.kind === 'data' || field.kind === 'purpose' || field.kind === 'link' || field.kind === 'site',
      )
    ) {
      for (const field of fields)
        if (!last.fields.some((known) => known.kind === field.kind && known.value.text === field.value.text))
          last.fields.push(field);
      continue;
    }
    if (empty && vendorAt !== -1 && row[vendorAt]?.text.trim()) name = row[vendorAt];
    if (name === undefined || cleanName(name, reader.words) === null) continue;
    // A name with nothing beside it is the title of a group of rows.
    if (fields.length === 0 && !speaksOfSdk(name.text, reader)) continue;
    drafts.push({ name, fields, data: columns.includes('data') ? [] : saidBeside(fields, reader) });
  }
  return drafts;
}

/** Without a column of data, a remark behind the address may say what is collected. */
function saidBeside(fields: Draft['fields'], reader: Reader): Passage[] {
  return fields.flatMap(({ kind, value }) =>
    kind === 'link' || kind === 'site' || kind === 'other' ? dataParts(value, reader) : [],
  );
}

function speaksOfSdk(text: string, reader: Reader): boolean {
  const folded = fold(text, reader.words);
  return /sdk/.test(folded) || hits(reader.words.patterns.knownSdk, folded);
}

/** The head of a table stands again on each page it was printed on. */
function isHeadAgain(row: readonly Passage[], { heads }: Columns, reader: Reader): boolean {
  const same = row.filter((cell, index) => cell.text !== '' && plain(cell.text, reader) === heads[index]).length;
  return same >= 2 && same * 2 >= heads.length;
}

function plain(text: string, reader: Reader): string {
  return fold(text, reader.words).replace(/\s+/g, '');
}

/** One cell over all columns: a title inside the table. */
function isBand(row: readonly Passage[]): boolean {
  return row.length > 1 && row.every((cell) => cell === row[0]);
}

function ownCells(body: Rows, { kinds: columns }: Columns, kind: 'collection' | 'permission'): Passage[] {
  const at = columns.flatMap((column, index) =>
    column === (kind === 'permission' ? 'permission' : 'data') ? [index] : [],
  );
  return [
    ...new Set(body.flatMap((row) => at.flatMap((index) => (row[index] === undefined ? [] : [row[index] as Passage])))),
  ].filter((cell) => cell.text.trim() !== '');
}

/** A table with the labels in its first column and one SDK, or one in each further column. */
function fieldRows(rows: Rows, context: boolean, reader: Reader): ReadGrid | null {
  const width = rows[0]?.length ?? 0;
  if (rows.length < 2 || width < 2) return null;
  const kinds = rows.map((row) => labelKind(row[0]?.text ?? '', reader.words));
  const labels = kinds.filter((kind) => kind !== null).length;
  if (labels * 5 < rows.length * 4 || new Set(kinds).size < Math.min(3, rows.length)) return null;
  const top = columnsOf(
    (rows[0] ?? []).map((cell) => cell.text),
    reader,
  ).filter((kind) => kind !== null).length;
  if (top >= Math.max(2, width - 1) && width > 2) return null;
  const drafts: Draft[] = [];
  for (let column = 1; column < width; column++) {
    let fields: { kind: LabelKind; value: Passage }[] = [];
    let name: Passage | null = null;
    const close = () => {
      if (name !== null && fields.length > 0) drafts.push({ name, fields, data: [] });
      fields = [];
      name = null;
    };
    rows.forEach((row, index) => {
      const value = row[column];
      const kind = kinds[index] ?? null;
      if (value === undefined || kind === null) return;
      if (kind === 'name' && !(name !== null && isCompany(value.text, reader.words))) {
        close();
        name = value;
      } else fields.push({ kind, value });
    });
    close();
  }
  const usable = drafts.filter((draft) => !isGenericName(fold(draft.name.text, reader.words)));
  if (usable.length === 0) return null;
  if (!context && !rows.some((row) => row.some((cell) => /sdk/i.test(cell.text)))) return null;
  return { kind: 'sdk', columns: null, drafts: usable, ownData: [] };
}
