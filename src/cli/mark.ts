import { Argument, Command } from 'commander';
import { MARK_KINDS, type MarkKind } from '../model/mark.ts';

/** `telltale mark`: a point on the timeline, during a capture or after it. */
export function markCommand(): Command {
  return new Command('mark')
    .summary('note on the timeline what the tester did')
    .description(
      'Marks a moment of a capture: phases (before consent, after consent, refused) follow from the marks, and so do verdicts.',
    )
    .addArgument(new Argument('<KIND>', 'what happened').choices(MARK_KINDS))
    .argument('[NOTE]', 'words for people')
    .requiredOption('--db <FILE>', 'evidence file')
    .option('--capture <NAME>', 'which capture (default: the latest)')
    .option('--at <TIME>', 'ISO time of the moment, for marks added later (default: now)')
    .addHelpText('after', '\nExample:\n  telltale mark consent --db night.db')
    .action(run);
}

async function run(
  kind: MarkKind,
  note: string | undefined,
  flags: { readonly db: string; readonly capture?: string; readonly at?: string },
): Promise<void> {
  const { addMark } = await import('../audit/marks.ts');
  const mark = addMark({
    db: flags.db,
    capture: flags.capture ?? null,
    kind,
    note: note ?? null,
    at: flags.at ?? null,
  });
  process.stderr.write(`${mark.kind} at ${new Date(mark.at).toISOString()} in capture ${mark.capture}\n`);
}
