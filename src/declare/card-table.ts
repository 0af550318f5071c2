import { type Block, type GridBlock, type LineBlock, line } from './blocks.ts';
import type { Reader } from './label-data.ts';
import { labelKind } from './labels.ts';
import { join, type Passage } from './passage.ts';

const ROWS_MAX = 40;

/**
 * Reads a table that describes one SDK as the labelled lines that it amounts to: the labels stand in its first column (and in every
 * second one further on), the values beside them, and the name is the title above it or one of the values.
 *
 * @returns null for a table of columns, and for one that names its SDK in a table of two columns: that is read as it is.
 */
export function cardLines({ rows }: GridBlock, above: Block | undefined, reader: Reader): LineBlock[] | null {
  const width = rows[0]?.length ?? 0;
  if (width % 2 !== 0 || width > 4 || rows.length > ROWS_MAX) return null;
  const pairs = rows.flatMap((row) => pairsOf(row));
  const kindOf = (cell: Passage | undefined) => labelKind(cell?.text ?? '', reader.words);
  // 项目 | 说明: a head of such a table names no field, or is made of nothing but labels.
  const isHead = kindOf(pairs[0]?.[0]) === null || (kindOf(pairs[0]?.[0]) !== 'name' && kindOf(pairs[0]?.[1]) !== null);
  const fields = isHead ? pairs.slice(1) : pairs;
  const kinds = fields.map(([label]) => kindOf(label));
  const isTitled = above?.kind === 'line' && above.heading > 0;
  const least = isTitled ? 1 : FIELDS_MIN;
  if (fields.length < least || kinds.includes(null) || new Set(kinds).size < least) return null;
  const isNamed = kinds.includes('name');
  if (isNamed ? width === 2 : above?.kind !== 'line') return null;
  return fields.map(([label, value], index) =>
    line(join([label, value], /[:：]\s*$/.test(label.text) ? ' ' : '：'), index === 0 ? 1 : 0),
  );
}

const FIELDS_MIN = 2;

function pairsOf(row: readonly Passage[]): [Passage, Passage][] {
  const pairs: [Passage, Passage][] = [];
  for (let at = 0; at + 1 < row.length; at += 2) {
    const [label, value] = [row[at] as Passage, row[at + 1] as Passage];
    // A cell over several columns is no label of the one beside it.
    if (label !== value && label.text !== '') pairs.push([label, value]);
  }
  return pairs;
}
