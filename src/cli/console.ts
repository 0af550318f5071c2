import { Command } from 'commander';
import { operatorError } from '../model/errors.ts';
import { secretOf, withSecretOptions } from './listing.ts';
import { onStopRequest } from './stop-signals.ts';
import { version } from './version.ts';

interface Flags {
  readonly db: string;
  readonly listen: string;
  readonly policy?: string;
  readonly signatures?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

/** `telltale console`: look at an evidence file in the browser, until a signal comes. */
export function consoleCommand(): Command {
  const command = new Command('console')
    .description(
      'look at an evidence file in the browser of this machine; prints a link that works once, and runs until Ctrl-C',
    )
    .requiredOption('--db <FILE>', 'the evidence file; it may be written all the while')
    .option('--listen <HOST:PORT>', 'where to listen, on loopback only; port 0 takes any free one', '127.0.0.1:0')
    .option('--policy <FILE>', 'the policy that the report holds the capture against')
    .option('--signatures <DIR>', 'your own signatures, on top of those that ship with telltale')
    .addHelpText('after', '\nExample:\n  telltale console --db telltale.db --policy policy.txt');
  return withSecretOptions(command).action(run);
}

async function run(flags: Flags): Promise<void> {
  const { host, port } = parseListen(flags.listen);
  const stopped = new Promise<void>((resolve) => onStopRequest(resolve, (code) => process.exit(code)));
  const [{ startConsole }, { reportCapture }] = await Promise.all([
    import('../console/console-server.ts'),
    import('../audit/report-capture.ts'),
  ]);
  const secret = secretOf(flags);
  const { db, policy = null, signatures: signatureFolder = null } = flags;
  const running = await startConsole({
    db,
    secret,
    signatureFolder,
    host,
    port,
    report: (capture, language) =>
      [...reportCapture({ db, secret, capture, policy, language, signatureFolder }, 'html', version()).pieces].join(''),
    onDefect: (error) => {
      process.exitCode = 70;
      process.stderr.write(`telltale: a defect of ours: ${error instanceof Error ? error.stack : String(error)}\n`);
    },
  });
  process.stdout.write(`${running.link}\n`);
  process.stderr.write('The link works once. Ctrl-C ends the console.\n');
  await stopped;
  await running.close();
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:]+)\]|([^:]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw operatorError('usage', { message: `--listen: expected HOST:PORT, such as 127.0.0.1:8090, not ${text}` });
  return { host: (match[1] ?? match[2]) as string, port };
}
