import { Command, Option } from 'commander';
import type { AuditCounts } from '../audit/auditor.ts';
import { liveLine } from './live-line.ts';
import { LOG_LEVELS, openLog } from './log.ts';
import { describeCounts } from './proxy.ts';
import { onStopRequest } from './stop-signals.ts';
import { type StoreFlags, storePlan, withStoreOptions } from './store-options.ts';
import { printable } from './terminal.ts';
import { version } from './version.ts';

interface ImportFlags extends StoreFlags {
  readonly db: string;
  readonly device?: string;
  readonly capture?: string;
  readonly app?: string;
  readonly firstParty: readonly string[];
  readonly signatures?: string;
  readonly logLevel: string;
}

/** As a shell says of a program that was interrupted: a script must not take the capture for a whole one. */
const STOPPED = 130;

/** `telltale import`: recorded traffic into the same pipeline. */
export function importCommand(): Command {
  const command = new Command('import')
    .summary('audit recorded traffic (HAR 1.2), or take exported captures back')
    .description('Puts recordings of other tools through the same audit as a live capture.')
    .argument('<FILE...>', 'HAR 1.2 files, also packed with gzip, or captures that telltale export wrote')
    .requiredOption('--db <FILE>', 'evidence file; made when missing')
    .option('--device <FILE>', 'device profile (JSON) with the identifiers to look for')
    .option('--capture <NAME>', 'name of the capture (default: that of the first file)')
    .option('--app <ID>', 'application under test, such as com.example.app')
    .option('--first-party <HOST...>', "hosts of the app's own company", [])
    .option('--signatures <DIR>', 'a folder of your own signatures that adds to and overrides the ones shipped');
  return withStoreOptions(command)
    .addOption(new Option('--log-level <LEVEL>', 'log on stderr').choices(LOG_LEVELS).default('warn'))
    .addHelpText(
      'after',
      '\nExample:\n  telltale import night.har --db night.db --device pixel.json --app com.example.app',
    )
    .action(run);
}

async function run(files: readonly string[], flags: ImportFlags): Promise<void> {
  const { importCaptures, isBundle } = await import('../audit/keeping.ts');
  const bundles = files.filter(isBundle);
  for (const bundle of bundles)
    for (const name of importCaptures(bundle, flags.db, flags.capture ?? null))
      process.stderr.write(`Capture ${printable(name)} of ${bundle} is in ${flags.db}; its seals hold.\n`);
  if (bundles.length === files.length) return;
  const { importFiles } = await import('../audit/import-files.ts');
  let counts: AuditCounts = { exchanges: 0, sdks: 0, findings: 0, gaps: 0 };
  let stopped = false;
  const stopListening = onStopRequest(
    () => {
      stopped = true;
    },
    (exitCode) => process.exit(exitCode),
  );
  const line = liveLine(process.stderr, () => describeCounts(counts));
  const {
    capture,
    counts: final,
    defects,
  } = await importFiles({
    ...flags,
    files: files.filter((file) => !bundles.includes(file)),
    device: flags.device ?? null,
    capture: flags.capture ?? null,
    app: flags.app ?? null,
    signatures: flags.signatures ?? null,
    store: storePlan(flags, 'stop'),
    version: version(),
    log: openLog(flags.logLevel),
    onNotice: (notice) => process.stderr.write(`${notice}\n`),
    onProgress: (now) => {
      counts = now;
    },
    stopped: () => stopped,
  }).finally(() => {
    line.end();
    stopListening();
  });
  process.stderr.write(`capture ${printable(capture)}: ${describeCounts(final)}, in ${flags.db}\n`);
  if (stopped) {
    process.stderr.write('Stopped: the rest of the recording was not read; a gap in the capture says so.\n');
    process.exitCode = STOPPED;
  }
  if (defects > 0) process.exitCode = 70;
}
