import type { ComparisonTable } from '../audit/report-capture.ts';
import type { VerdictKind } from '../model/comparison.ts';
import { type Colour, mayColour, painter, printable, table } from './terminal.ts';

const COLOURS: Readonly<Record<VerdictKind, Colour>> = {
  'undeclared-recipient': 'red',
  undeclared: 'red',
  vague: 'yellow',
  undecided: 'blue',
  unobserved: 'dim',
  consistent: 'green',
};

/** The verdicts of a comparison as stdout wants them. */
export function verdictTable({ header, rows, notes }: ComparisonTable): string {
  const paint = painter(mayColour(process.stdout, process.env));
  const painted = rows.map(({ verdict, cells }) =>
    cells.map((cell, column) =>
      column === VERDICT_COLUMN ? paint(COLOURS[verdict], printable(cell)) : printable(cell),
    ),
  );
  const body = painted.length === 0 ? '' : `${table(header, painted)}\n\n`;
  return `${body}${notes.map((note) => printable(note)).join('\n')}\n`;
}

const VERDICT_COLUMN = 5;
