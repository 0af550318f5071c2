import { Argument, Command } from 'commander';
import { MARK_KINDS, type Mark, type MarkKind } from '../model/mark.ts';
import { printAll } from './output.ts';
import { printable, table } from './terminal.ts';

/** What is done to the marks when no new one is set. */
const WITHDRAW = 'withdraw';

/** `telltale mark`: a point on the timeline, during a capture or after it. */
export function markCommand(): Command {
  return new Command('mark')
    .summary('note on the timeline what the tester did')
    .description(
      'Marks a moment of a capture: phases (before consent, after consent, refused) follow from the marks, and so do verdicts.\nWithout a kind it lists the marks of a capture; withdraw takes one of them back, by its number.',
    )
    .addArgument(new Argument('[KIND]', 'what happened').choices([...MARK_KINDS, WITHDRAW]))
    .argument('[NOTE]', 'words for people; for withdraw the number of the mark')
    .requiredOption('--db <FILE>', 'evidence file')
    .option('--capture <NAME>', 'which capture (default: the latest)')
    .option('--at <TIME>', 'ISO time of the moment, for marks added later (default: now)')
    .addHelpText(
      'after',
      `
Examples:
  telltale mark consent --db night.db
  telltale mark consent --db night.db --at 2026-11-21T20:31:07Z
  telltale mark --db night.db
  telltale mark withdraw 3 --db night.db`,
    )
    .action(run);
}

async function run(
  kind: MarkKind | typeof WITHDRAW | undefined,
  note: string | undefined,
  flags: { readonly db: string; readonly capture?: string; readonly at?: string },
): Promise<void> {
  const { addMark, marksOfCapture, withdrawMark } = await import('../audit/marks.ts');
  const where = { db: flags.db, capture: flags.capture ?? null };
  if (kind === undefined) {
    await printAll([`${listOf(marksOfCapture(where).marks)}\n`]);
    return;
  }
  if (kind === WITHDRAW) {
    const { capture, mark } = withdrawMark({ ...where, number: note ?? null });
    tell(`withdrawn: ${mark.kind} at ${new Date(mark.at).toISOString()} in capture ${capture}`);
    return;
  }
  const mark = addMark({ ...where, kind, note: note ?? null, at: flags.at ?? null });
  tell(`${mark.kind} at ${new Date(mark.at).toISOString()} in capture ${mark.capture}`);
}

function listOf(marks: readonly Mark[]): string {
  if (marks.length === 0) return 'no marks';
  return table(
    ['number', 'time (UTC)', 'kind', 'note'],
    marks.map(({ id, kind, at, note }) => [String(id), new Date(at).toISOString(), kind, printable(note ?? '')]),
  );
}

function tell(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}
