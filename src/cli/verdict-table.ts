import type { ComparisonTable } from '../audit/report-capture.ts';
import type { Severity, VerdictKind } from '../model/comparison.ts';
import { type Colour, displayWidth, mayColour, painter, printable, shortened, table, wrapped } from './terminal.ts';

const COLOURS: Readonly<Record<VerdictKind, Colour>> = {
  'undeclared-recipient': 'red',
  undeclared: 'red',
  vague: 'yellow',
  undecided: 'blue',
  unobserved: 'dim',
  consistent: 'green',
};

const SEVERITY_COLOURS: Readonly<Record<Severity, Colour>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  info: 'dim',
};

const TONES: Readonly<Record<ComparisonTable['conclusion']['tone'], Colour>> = {
  bad: 'red',
  blind: 'yellow',
  good: 'green',
};

/** Columns of the table, as {@link ComparisonTable} orders them. */
const [RECIPIENT, TYPE, SAYS, OBSERVED, PHASE, VERDICT] = [0, 1, 2, 3, 4, 5];

/** Columns of a terminal; null: the text goes to a file or a program, which wants it whole. */
export type Width = number | null;

/** The verdicts of a comparison as stdout wants them. */
export function verdictTable(
  comparison: ComparisonTable,
  stdout: { readonly isTTY?: boolean; readonly columns?: number } = process.stdout,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const paint = painter(mayColour(stdout, environment));
  const width: Width = stdout.isTTY === true ? (stdout.columns ?? 80) : null;
  const { sections, conclusion } = comparison;
  const parts = [
    comparison.rows.length === 0 ? [] : [tableOf(comparison, width, paint)],
    ...sections.map(({ title, lines }) => [
      paint('bold', printable(title)),
      ...lines.map((line) => lineOf(line, width, paint)),
    ]),
    [
      paint(TONES[conclusion.tone], paint('bold', printable(conclusion.title))),
      ...[conclusion.sentence, conclusion.caution ?? '']
        .filter((text) => text !== '')
        .map((text) => wrapped(printable(text), width, '')),
    ],
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

function lineOf(
  { severity, text }: ComparisonTable['sections'][number]['lines'][number],
  width: Width,
  paint: ReturnType<typeof painter>,
): string {
  if (severity === null) return `  ${wrapped(printable(text), width, '    ', 2)}`;
  const word = printable(severity.word);
  return `  ${paint(SEVERITY_COLOURS[severity.of], word)}  ${wrapped(printable(text), width, '      ', displayWidth(word) + 4)}`;
}

/** On a narrow terminal names are shortened, then columns left out: the phase, what the policy says, how often. */
function tableOf({ header, rows }: ComparisonTable, width: Width, paint: ReturnType<typeof painter>): string {
  const cells = rows.map((row) => row.cells.map(printable));
  const columns = header.map((_, column) => column);
  const fitting = [
    columns,
    without(columns, PHASE),
    without(columns, PHASE, SAYS),
    without(columns, PHASE, SAYS, OBSERVED),
  ];
  const widths = header.map((name, column) =>
    Math.max(...[name, ...cells.map((row) => row[column] ?? '')].map(displayWidth)),
  );
  const needed = (chosen: readonly number[]) =>
    chosen.reduce(
      (sum, column) => sum + Math.min(widths[column] ?? 0, LEAST[column] ?? Number.POSITIVE_INFINITY) + 2,
      -2,
    );
  const chosen = fitting.find((one) => width === null || needed(one) <= width) ?? (fitting.at(-1) as number[]);
  const limits = limitsFor(chosen, widths, width);
  const line = (row: readonly string[]) =>
    chosen.map((column) => shortened(row[column] ?? '', limits.get(column) ?? null));
  const painted = cells.map((row, index) => {
    const { verdict } = rows[index] as ComparisonTable['rows'][number];
    const again = index > 0 && cells[index - 1]?.[RECIPIENT] === row[RECIPIENT];
    return line(row).map((cell, place) => {
      if (chosen[place] === VERDICT) return paint(COLOURS[verdict], cell);
      return chosen[place] === RECIPIENT && again ? paint('dim', cell) : cell;
    });
  });
  return table(line(header), painted);
}

/** Columns that may be shortened, and to how much. */
const LEAST: Readonly<Record<number, number>> = { [RECIPIENT]: 12, [TYPE]: 12 };

function without(columns: readonly number[], ...left: readonly number[]): number[] {
  return columns.filter((column) => !left.includes(column));
}

/** How wide the columns that can be shortened may be; empty when all fits. */
function limitsFor(chosen: readonly number[], widths: readonly number[], width: Width): ReadonlyMap<number, number> {
  const total = chosen.reduce((sum, column) => sum + (widths[column] ?? 0) + 2, -2);
  if (width === null || total <= width) return new Map();
  const shrinking = chosen.filter((column) => LEAST[column] !== undefined);
  const room = width - (total - shrinking.reduce((sum, column) => sum + (widths[column] ?? 0), 0));
  const share = Math.max(12, Math.floor(room / shrinking.length));
  const small = shrinking.filter((column) => (widths[column] ?? 0) <= share);
  const left = room - small.reduce((sum, column) => sum + (widths[column] ?? 0), 0);
  const wide = shrinking.length - small.length;
  return new Map(
    shrinking
      .filter((column) => !small.includes(column))
      .map((column) => [column, Math.max(12, Math.floor(left / wide))]),
  );
}
