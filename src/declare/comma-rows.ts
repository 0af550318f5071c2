import type { LineBlock } from './blocks.ts';
import type { Draft } from './entry.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { cut, type Passage, split } from './passage.ts';
import { platformsIn } from './scope.ts';
import { hits } from './words.ts';

/** An SDK of a list, with the line that describes it. */
export interface CommaRow {
  readonly draft: Draft;
  readonly line: number;
  readonly lines: readonly number[];
  readonly isRow: true;
}

/** Numbered lines, each a row with commas between its cells and an address at its end, as so many that they are a list. */
export function commaRows(lines: readonly (LineBlock | null)[], from: number, reader: Reader): CommaRow[] {
  const rows: CommaRow[] = [];
  for (let index = from; index < lines.length; index++) {
    const one = lines[index];
    const row = one === null || one === undefined ? null : commaRow(one.passage, reader);
    if (row === null) break;
    rows.push({ draft: row, line: index, lines: [index], isRow: true });
  }
  return rows.length >= COMMA_ROWS_MIN ? rows : [];
}

const COMMA_ROWS_MIN = 5;

/** `3. iOS，核身SDK，FaceKit，涉及人脸信息，用于核对用户，https://…`: the last cell before the data names the component. */
function commaRow(passage: Passage, reader: Reader): Draft | null {
  const start = afterNumbering(passage.text);
  if (start === 0 || passage.text.length > COMMA_ROW_MAX) return null;
  const cells = split(cut(passage, start), /[，,]/g);
  const told = cells.findIndex((cell) =>
    /^(?:涉及|不涉及|收集|不收集|获取|用于|用以)|(?:信息|数据)$/.test(fold(cell.text, reader.words)),
  );
  if (cells.length < 4 || told < 2) return null;
  const before = cells.slice(0, told).map((cell) => fold(cell.text, reader.words));
  if (!before.some((cell) => /sdk/.test(cell) || platformsIn(cell) !== null)) return null;
  // Words of a sentence: 我们集成了甲公司的SDK.
  if (before.some((cell) => cell.length > 60 || /集成|接入|嵌入|使用了|我们|您|公司的/.test(cell))) return null;
  const name = cells[told - 1] as Passage;
  const rest = cells.slice(told);
  const kind = (cell: Passage) =>
    /https?:/.test(cell.text)
      ? ('link' as const)
      : hits(reader.words.patterns.purposeStart, fold(cell.text, reader.words))
        ? ('purpose' as const)
        : ('data' as const);
  const platform = cells.slice(0, told - 1).find((cell) => platformsIn(fold(cell.text, reader.words)) !== null);
  return {
    name,
    fields: [
      ...(platform === undefined ? [] : [{ kind: 'platform' as const, value: platform }]),
      ...rest.map((value) => ({ kind: kind(value), value })),
    ],
    data: [],
  };
}

const COMMA_ROW_MAX = 400;
