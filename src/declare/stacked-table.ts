import type { LineBlock } from './blocks.ts';
import { isCompany } from './entry.ts';
import { fold } from './fold.ts';
import { columnsOf } from './grid-entries.ts';
import { dataShare, type Reader } from './label-data.ts';
import { labelKind, NUMBERING } from './labels.ts';
import { lineRun } from './line-run.ts';
import type { Passage } from './passage.ts';
import { type LaidRows, rowsIn } from './rows-in-run.ts';
import { headingDepth } from './sections.ts';
import { hits, type LabelKind } from './words.ts';

/** A table that was flattened to one cell a line, put together again. */
export interface StackedTable {
  readonly head: readonly Passage[];
  readonly rows: readonly (readonly Passage[])[];
  /** First line behind it. */
  readonly end: number;
}

const COLUMNS_MAX = 10;
const LINES_MAX = 1_500;

/**
 * Puts together a table of which only the cells are left, one or more lines each.
 *
 * The head is a run of labels. Below it each line belongs to a column, columns come in order, and cells may be empty or take
 * several lines; of all ways to lay the lines out the most plausible one is taken (Viterbi): by what the lines look like (an
 * address, a company, a list of data), by the empty lines between rows, and by brackets that are still open.
 *
 * @returns null when no table starts at `start`.
 */
export function stackedTable(lines: readonly LineBlock[], start: number, reader: Reader): StackedTable | null {
  const width = headWidth(lines, start, reader);
  if (width === 0) return null;
  const sample = tableOf(lines, start, width, SAMPLE_LINES, reader);
  const kinds = [0, 1].map((index) => labelKind((lines[start + index] as LineBlock).passage.text, reader.words));
  // A title such as Android SDK reads like a label, too: then the head begins below it.
  if (kinds[0] === 'name' && kinds[1] === 'name' && width > 3) {
    const below = tableOf(lines, start + 1, width - 1, SAMPLE_LINES, reader);
    if (fitness(below) + TITLE_GAIN_MIN > fitness(sample)) return null;
  }
  const table = wholeOf(sample, lines, start, width, reader);
  if (table === null || table.rows.length === 0) return null;
  // The first name, or a title inside the table, may read like one more head: 某某浏览服务.
  const nameless = table.rows.filter((row) => row[table.nameAt]?.text === '').length;
  const isOdd = nameless * 3 >= table.rows.length || table.rows[0]?.[table.nameAt]?.text === '';
  if (width <= 3 || !isOdd) return table;
  const narrow = tableOf(lines, start, width - 1, SAMPLE_LINES, reader);
  const isBetter = fitness(narrow) > fitness(sample) + NARROW_GAIN_MIN;
  return isBetter ? wholeOf(narrow, lines, start, width - 1, reader) : table;
}

const NARROW_GAIN_MIN = 1;
const TITLE_GAIN_MIN = 3;
/** Lines that show how well a head fits. */
const SAMPLE_LINES = 40;

/** A table as one width of its head lays it out. */
type LaidTable = StackedTable & LaidRows & { readonly nameAt: number };

function fitness(table: LaidTable | null): number {
  return table?.score ?? Number.NEGATIVE_INFINITY;
}

/** The table of which a sample was laid out: the same where it ends within the sample. */
function wholeOf(
  sample: LaidTable | null,
  lines: readonly LineBlock[],
  start: number,
  width: number,
  reader: Reader,
): LaidTable | null {
  const isWhole = sample !== null && sample.end < start + width + SAMPLE_LINES - 1;
  if (isWhole) return sample;
  const table = tableOf(lines, start, width, LINES_MAX, reader);
  const next = table !== null && table.end >= start + width + LINES_MAX ? lines[table.end] : undefined;
  if (next !== undefined) reader.unread.add('table-cut', next.passage.text);
  return table;
}

function tableOf(
  lines: readonly LineBlock[],
  start: number,
  width: number,
  linesMax: number,
  reader: Reader,
): LaidTable | null {
  const head = lines.slice(start, start + width).map((one) => one.passage);
  const heads = columnsOf(
    head.map((cell) => cell.text),
    reader,
  );
  const end = tableEnd(lines, start + width, heads, linesMax, reader);
  const body = lines.slice(start + width, end);
  const columns = withNames(heads, body, reader);
  if (body.length < 2 || isLabelled(body, reader)) return null;
  if (hasReturningLabels(lines.slice(start, start + RETURNING_LINES), reader, true)) return null;
  const laid = rowsIn(lineRun(body, columns, reader), columns, reader);
  return { head, end, nameAt: columns.indexOf('name'), ...laid };
}

/** Names of SDKs, each above a company, belong to the column before that of the companies, whatever its head says. */
function withNames(
  columns: readonly (LabelKind | null)[],
  body: readonly LineBlock[],
  reader: Reader,
): readonly (LabelKind | null)[] {
  const at = columns.indexOf('name');
  const before = columns[at - 1];
  if (at < 1 || columns.includes('vendor') || (before !== 'category' && before !== 'function')) return columns;
  const pairs = body.filter(
    ({ passage: { text } }, index) =>
      text.length <= 40 && /sdk/i.test(text) && isCompany(body[index + 1]?.passage.text ?? '', reader.words),
  );
  if (pairs.length < 3) return columns;
  return columns.map((kind, index) => (index === at - 1 ? 'name' : index === at ? 'vendor' : kind));
}

/** Fields that carry their own labels are no cells of a column, even where two lines above them look like heads. */
export function isLabelled(body: readonly LineBlock[], reader: Reader): boolean {
  const first = body.slice(0, LABELLED_LINES);
  const labelled = first.filter(({ passage: { text } }) => {
    const label = /^(?:【([^【】]{2,16})】|([^:：]{1,24})[:：])/
      .exec(text)
      ?.slice(1)
      .find((one) => one !== undefined);
    if (label === undefined || /https?$/i.test(label)) return false;
    const kind = labelKind(label, reader.words);
    return kind !== null && (kind !== 'other' || !/版本$/.test(label));
  });
  return labelled.length * 2 >= first.length || hasReturningLabels(body.slice(0, RETURNING_LINES), reader);
}

/**
 * Labels that come back on lines of their own: name, value, name, value.
 *
 * @param apart whether only labels with something else below each time count: a head that comes back on the next page is none.
 */
function hasReturningLabels(lines: readonly LineBlock[], reader: Reader, apart = false): boolean {
  const below = new Map<string, Set<string | number>>();
  // Spaces part the words of Latin labels, and nothing in Chinese ones.
  const texts = lines.map(({ passage: { text } }) => (LATIN.test(text) ? text.trim() : text.replace(/\s/g, '')));
  for (const [index, text] of texts.entries()) {
    if (text.length > (LATIN.test(text) ? LATIN_LABEL_MAX : LABEL_MAX) || labelKind(text, reader.words) === null)
      continue;
    const known = below.get(text) ?? new Set();
    below.set(text, known.add(apart ? (texts[index + 1] ?? '') : index));
  }
  const again = [...below].flatMap(([text, { size }]) => (size > 1 ? [text] : []));
  const kinds = new Set(again.map((text) => labelKind(text, reader.words)));
  return again.length >= 3 && kinds.has('name') && (kinds.has('data') || kinds.has('purpose'));
}

const RETURNING_LINES = 60;
const LATIN = /^[\x20-\x7e]*$/;
/** Longer lines are no labels that come back. */
const LABEL_MAX = 16;
const LATIN_LABEL_MAX = 40;

/** Lines below a head that show whether fields carry labels of their own. */
const LABELLED_LINES = 6;

/** How many lines from `start` on are column heads; 0 when they make no table. */
function headWidth(lines: readonly LineBlock[], start: number, reader: Reader): number {
  let width = 0;
  while (width < COLUMNS_MAX && isHead(lines[start + width], width, reader)) width++;
  if (width < 2) return 0;
  const kinds = lines.slice(start, start + width).map((one) => labelKind(one.passage.text, reader.words));
  if (kinds[0] === 'name' && kinds[1] === 'index') return 0;
  const distinct = new Set(kinds);
  const useful = ['data', 'purpose', 'function', 'link', 'site', 'scene', 'permission'].filter((kind) =>
    distinct.has(kind as LabelKind),
  );
  const subject =
    distinct.has('name') || distinct.has('vendor') || distinct.has('permission') || distinct.has('category');
  return subject && useful.length >= 1 && distinct.size >= 2 ? width : 0;
}

function isHead(one: LineBlock | undefined, position: number, reader: Reader): boolean {
  if (one === undefined) return false;
  const { text } = one.passage;
  if (text.length > 24 && !/^[\x20-\x7e]{1,48}$/.test(text)) return false;
  if (/[:：。;；]|[.!?]\s|^(?:附[表录件]|表\s*[\d一二三四五])/.test(text) || /\d{4}/.test(text) || NUMBERING.test(text))
    return false;
  if (position > 0 && one.gap > 6) return false;
  // The title of the table, above its head.
  if (position === 0 && /(?:目录|清单|列表|名单|名录|情况|说明|list)(?:[(（].{0,12}[)）])?$/i.test(text)) return false;
  // SDK直接采集个人信息的情形: a title inside the table, below its head.
  if (position > 0 && text.length > 8 && /(?:情形|情况)$/.test(text)) return false;
  // 设备标识信息、网络类型: data, not what a column is called.
  const lists = /[、,，]/.test(text) && dataShare(fold(text, reader.words), reader.lexicon) > 0.6;
  return labelKind(text, reader.words) !== null && !lists && !/[、,，]$/.test(text);
}

/** Where the cells end: at the next head, a heading, or a sentence that speaks to the reader. */
function tableEnd(
  lines: readonly LineBlock[],
  from: number,
  columns: readonly (LabelKind | null)[],
  linesMax: number,
  reader: Reader,
): number {
  let end = from;
  const last = Math.min(lines.length, from + linesMax);
  while (end < last && !endsTable(lines, end, columns, reader, end - from)) end++;
  if (end > from && headWidth(lines, end, reader) > 0 && isTitle((lines[end - 1] as LineBlock).passage.text, reader))
    end--;
  while (
    end > from &&
    !columns.includes('index') &&
    /^[（(]?\d{1,2}[.、．)）]?$/.test((lines[end - 1] as LineBlock).passage.text)
  )
    end--;
  return end;
}

/** The title of the next table is no cell of this one. */
function isTitle(text: string, reader: Reader): boolean {
  return text.length < 30 && (labelKind(text, reader.words) !== null || NUMBERING.test(text) || /[:：]$/.test(text));
}

function endsTable(
  lines: readonly LineBlock[],
  at: number,
  columns: readonly (LabelKind | null)[],
  reader: Reader,
  done: number,
): boolean {
  const one = lines[at] as LineBlock;
  const { text } = one.passage;
  if (done > 0 && isNextHead(lines, at, columns, reader)) return true;
  if (one.heading >= 1 && one.heading <= 6) return true;
  if (PARAGRAPH_OF_TEXT.test(text)) return true;
  const depth = headingDepth(text, one.heading);
  const folded = fold(text, reader.words);
  if (depth !== null && depth <= 9) return true;
  const bare = folded.replace(NUMBERING, '').trim();
  if (
    depth !== null &&
    depth <= 16 &&
    !/sdk/.test(bare) &&
    reader.words.sections.some(
      ({ role, pattern }) => role !== 'collection' && role !== 'cookie' && pattern.test(bare),
    ) &&
    dataShare(folded, reader.lexicon) < 0.4
  )
    return true;
  return (
    text.length > 24 &&
    hits(reader.words.patterns.speaks, bare) &&
    /[。.;；：:！]$/.test(text) &&
    dataShare(folded, reader.lexicon) < 0.35 &&
    !(/[：:]$/.test(text) && announcesData(lines, at, reader))
  );
}

/** `3.5.4 信息的存储。我们会……`: a paragraph with its number and title is no cell. */
const PARAGRAPH_OF_TEXT = /^\d{1,2}(?:\.\d{1,2}){1,3}[.、]?\s*[^。；，,]{2,30}。(?=[^。]{0,30}(?:我们|您)).{20}/u;

/** Whether data follow a line that ends with a colon: then it is part of a cell that lists them. */
function announcesData(lines: readonly LineBlock[], at: number, reader: Reader): boolean {
  const next = lines[at + 1]?.passage.text;
  return next !== undefined && dataShare(fold(next, reader.words), reader.lexicon) > 0.4;
}

/** The head of the next table: as short and as wide as this one's, and about the same things. Cells may read like heads, too. */
function isNextHead(
  lines: readonly LineBlock[],
  at: number,
  columns: readonly (LabelKind | null)[],
  reader: Reader,
): boolean {
  const width = headWidth(lines, at, reader);
  if (width < 3 || width < columns.length - 3) return false;
  const heads = lines.slice(at, at + width).map((one) => one.passage.text);
  if (heads.some((text) => /[、,，]/.test(text) || (text.length > 14 && /[\u3400-\u9fff]/.test(text)))) return false;
  const kinds = new Set(heads.map((text) => labelKind(text, reader.words)));
  const shared = [...kinds].filter((kind) => columns.includes(kind)).length;
  return kinds.size >= 3 && shared * 2 >= kinds.size;
}
