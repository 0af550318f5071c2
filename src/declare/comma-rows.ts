import type { LineBlock } from './blocks.ts';
import type { Draft } from './entry.ts';
import { isCompany } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { cut, type Passage, split } from './passage.ts';
import { platformsIn } from './scope.ts';
import { hits, type LabelKind } from './words.ts';

/** An SDK of a list, with the line that describes it. */
export interface CommaRow {
  readonly draft: Draft;
  readonly line: number;
  readonly lines: readonly number[];
}

/** Lines that are each a row with commas, or other signs, between its cells: as many as make a list. */
export function commaRows(lines: readonly (LineBlock | null)[], from: number, reader: Reader): CommaRow[] {
  const rows: Row[] = [];
  for (let index = from; index < lines.length && rows.length < COMMA_ROWS_MAX; index++) {
    const one = lines[index];
    const row = one === null || one === undefined || one.heading > 0 ? null : rowOf(one.passage, index, reader);
    if (row === null) break;
    rows.push(row);
    if (rows.length >= UNMARKED_MAX && !rows.some((known) => known.marked)) return [];
  }
  if (rows.length < COMMA_ROWS_MIN || rows.filter((row) => row.marked).length * 2 < rows.length) return [];
  const column = nameColumn(rows, reader);
  return rows.map((row) => ({ draft: draftOf(row, column, reader), line: row.line, lines: [row.line] }));
}

const COMMA_ROWS_MIN = 5;
const COMMA_ROWS_MAX = 300;
/** By then a list has said SDK, or named a system. */
const UNMARKED_MAX = 8;
const COMMA_ROW_MAX = 800;

interface Row {
  readonly line: number;
  /** Whether a cell says SDK, or for which system it is. */
  readonly marked: boolean;
  /** What stands in front of the data, apart from the system and the company: the name, and of what kind it is. */
  readonly names: readonly Passage[];
  readonly fields: readonly { readonly kind: LabelKind; readonly value: Passage }[];
}

/** What one cell of a row says in any case. */
const SAYS_WHAT = /涉及|收集|获取|用于|用以|信息|数据/;
const SEPARATORS = [/\s+[-–—|]\s+/g, /[，,]/g, /[；;]/g, /\s+\/\s+/g];
const DASHED = /\s[-–—|]\s.*\s[-–—|]\s/;

/** `3. iOS，核身SDK，FaceKit，涉及人脸信息，用于核对用户，https://…` */
function rowOf(passage: Passage, line: number, reader: Reader): Row | null {
  if (passage.text.length > COMMA_ROW_MAX) return null;
  if (!SAYS_WHAT.test(fold(passage.text, reader.words)) && !DASHED.test(passage.text)) return null;
  const item = cut(passage, afterNumbering(passage.text));
  const cells = SEPARATORS.map((separator) => split(item, separator)).find((parts) => parts.length >= 3) ?? [];
  const folded = cells.map((cell) => fold(cell.text, reader.words));
  // Signs that stand for nothing else part cells beyond doubt: 某某SDK - 用于推送 - 设备信息（IMEI）.
  const isDashed = cells.length > 0 && !/[，,；;]/.test(cells[0]?.text ?? '') && DASHED.test(item.text);
  const told = folded.findIndex(
    (cell, index) =>
      /^(?:涉及|不涉及|收集|不收集|获取|用于|用以)|(?:信息|数据)$/.test(cell.replace(/[。.;；]$/, '')) ||
      (isDashed && index > 0 && !reader.lexicon.verbItems.has(cell) && dataShare(cell, reader.lexicon) > 0.5),
  );
  if (told < (isDashed ? 1 : 2)) return null;
  const before = folded.slice(0, told);
  // Words of a sentence: 我们集成了甲公司的SDK.
  if (before.some((cell) => cell.length > 60 || /集成|接入|嵌入|使用了|我们|您|公司的|[。:]/.test(cell))) return null;
  const kinds = cells.map((cell, index) => (index < told ? kindBefore(cell, reader) : kindBehind(cell, reader)));
  const names = cells.filter((_, index) => index < told && kinds[index] === 'name');
  if (names.length === 0) return null;
  return {
    line,
    marked: before.some((cell) => /sdk/.test(cell) || platformsIn(cell) !== null),
    names,
    fields: cells.flatMap((value, index) =>
      kinds[index] === 'name' ? [] : [{ kind: kinds[index] ?? 'other', value }],
    ),
  };
}

function kindBefore(cell: Passage, reader: Reader): LabelKind {
  if (/^[^a-z]*(?:android|ios|安卓|苹果|双端|鸿蒙)[^a-z]*$/.test(fold(cell.text, reader.words))) return 'platform';
  return isCompany(cell.text, reader.words) ? 'vendor' : 'name';
}

function kindBehind(cell: Passage, reader: Reader): LabelKind {
  const folded = fold(cell.text, reader.words);
  if (/https?:/.test(folded)) return 'link';
  if (kindBefore(cell, reader) === 'platform') return 'platform';
  return hits(reader.words.patterns.purposeStart, folded) ? 'purpose' : 'data';
}

/** The column whose cells differ most from row to row holds the names; the others say of what kind they are. */
function nameColumn(rows: readonly Row[], reader: Reader): number {
  const width = Math.min(...rows.map((row) => row.names.length));
  let best = { column: 0, score: 0 };
  for (let column = 0; column < width; column++) {
    const cells = rows.map((row) => fold((row.names[column] as Passage).text, reader.words));
    const named = cells.filter((cell) => /sdk/.test(cell)).length;
    const score = (new Set(cells).size + SDK_WEIGHT * named) / rows.length;
    if (score > best.score) best = { column, score };
  }
  return best.column;
}

const SDK_WEIGHT = 0.3;

function draftOf({ names, fields }: Row, column: number, reader: Reader): Draft {
  const others = names.filter((_, index) => index !== column);
  const kind = (cell: Passage) => (hits(reader.words.patterns.purposeStart, cell.text) ? 'purpose' : 'category');
  return {
    name: names[column] as Passage,
    fields: [...others.map((value) => ({ kind: kind(value) as LabelKind, value })), ...fields],
    data: [],
  };
}
