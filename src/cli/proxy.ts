import { Command, Option } from 'commander';
import type { AuditCounts } from '../audit/auditor.ts';
import type { RunningCapture } from '../audit/capture.ts';
import { addInterceptOptions, type InterceptFlags } from './intercept-options.ts';
import { type LiveLine, liveLine } from './live-line.ts';
import { LOG_LEVELS, openLog } from './log.ts';
import { collectOnOwnThread } from './own-thread-garbage.ts';
import { selfName } from './self-name.ts';
import { onStopRequest } from './stop-signals.ts';
import { type StoreFlags, storePlan, withStoreOptions } from './store-options.ts';
import { mayColour, painter } from './terminal.ts';
import { version } from './version.ts';

interface ProxyFlags extends InterceptFlags, StoreFlags {
  readonly listen: string;
  readonly db: string;
  readonly capture?: string;
  readonly device?: string;
  readonly app?: string;
  readonly policy?: string;
  readonly caDir: string;
  readonly allow: readonly string[];
  readonly upstreamCa: readonly string[];
  readonly insecureUpstream: boolean;
  readonly resolve: readonly string[];
  readonly allowPrivate: boolean;
  readonly firstParty: readonly string[];
  readonly resolveCname?: true | string;
  readonly signatures?: string;
  readonly onStoreError: 'stop' | 'relay';
  readonly logLevel: string;
}

/** `telltale proxy`: capture until a signal comes. */
export function proxyCommand(): Command {
  const command = new Command('proxy')
    .summary('capture the traffic of a phone until Ctrl-C')
    .description(
      'Listens as an HTTP proxy, looks into what passes, and keeps the evidence.\nPoint the Wi-Fi proxy of the phone at one of the printed addresses and open that address in its browser for the certificate.',
    )
    .option('--listen <HOST:PORT>', 'where to listen', '0.0.0.0:8080')
    .option('--db <FILE>', 'evidence file', 'telltale.db')
    .option('--capture <NAME>', 'name of this capture (default: the time it starts)')
    .option('--device <FILE>', 'device profile (JSON) with the identifiers to look for')
    .option('--app <ID>', 'application under test, such as com.example.app; its domain is the first party')
    .option('--policy <FILE>', "the app's privacy policy; named in the summary's next command")
    .option('--ca-dir <DIR>', 'folder of the certificate authority', 'certs')
    .option('--allow <CIDR...>', 'client addresses that may use the proxy besides private and loopback ones', [])
    .option('--upstream-ca <FILE...>', 'root certificates (PEM) to trust for servers besides the usual ones', [])
    .option('--insecure-upstream', 'do not verify the certificates of servers', false)
    .option('--resolve <MAPPING...>', 'send a host elsewhere: HOST=ADDR:PORT', [])
    .option('--allow-private', 'let --resolve and names reach loopback and link-local addresses', false)
    .option('--first-party <HOST...>', "hosts of the app's own company", [])
    .option(
      '--resolve-cname [SERVER]',
      "ask the name server (the machine's own, or HOST:PORT) which SDKs hide behind other names",
    )
    .option('--signatures <DIR>', 'a folder of your own signatures that adds to and overrides the ones shipped');
  withStoreOptions(command)
    .addOption(
      new Option(
        '--on-store-error <WHAT>',
        'when the evidence file cannot be written: end the capture, or go on relaying and note the loss',
      )
        .choices(['stop', 'relay'])
        .default('stop'),
    )
    .addOption(new Option('--log-level <LEVEL>', 'log on stderr').choices(LOG_LEVELS).default('warn'));
  return addInterceptOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  telltale proxy --db night.db --device pixel.json --app com.example.app --policy policy.txt',
    )
    .action(run);
}

async function run(flags: ProxyFlags): Promise<void> {
  collectOnOwnThread();
  const [{ startCapture }, { parseTarget }] = await Promise.all([
    import('../audit/capture.ts'),
    import('../audit/targets.ts'),
  ]);
  const log = openLog(flags.logLevel);
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  // Before anything is announced: whoever reads the first line may stop us at once.
  let line: LiveLine | null = null;
  onStopRequest(
    () => stop(),
    (exitCode) => {
      line?.end();
      process.stderr.write('Stopped before everything was written; what was sealed before stays good.\n');
      process.exit(exitCode);
    },
  );
  let failure: Error | null = null;
  const capture = await startCapture({
    ...flags,
    listen: parseTarget(flags.listen, '--listen'),
    capture: flags.capture ?? null,
    device: flags.device ?? null,
    app: flags.app ?? null,
    policy: flags.policy ?? null,
    resolveCname: flags.resolveCname ?? null,
    signatures: flags.signatures ?? null,
    intercept: {
      ...flags,
      upstream: flags.upstream ?? null,
      environment: process.env,
    },
    store: storePlan(flags, flags.onStoreError),
    version: version(),
    log,
    onNotStored: (message, exchanges) => {
      if (exchanges > 0)
        process.stderr.write(`\n${message} ${exchanges} exchanges were not stored so far; relaying goes on.\n`);
    },
    onFailure: (error) => {
      failure = error;
      stop();
    },
  });
  announce(capture, flags);
  line = liveLine(process.stdout, () => describeCounts(capture.counts()));
  await stopped;
  line.end();
  process.stderr.write('Finishing …\n');
  const { counts, defects, notStored } = await capture.stop();
  if (failure !== null) throw failure;
  summarise(capture, flags, counts);
  if (notStored > 0) {
    process.stderr.write(`${notStored} exchanges could not be stored: see the gaps "not-stored".\n`);
    process.exitCode = 2;
  }
  if (defects > 0) {
    process.stderr.write(
      `${defects} exchanges could not be judged by a defect of ours: see the log above and the gaps "audit-failed".\n`,
    );
    process.exitCode = 70;
  }
}

function announce(capture: RunningCapture, flags: ProxyFlags): void {
  const { host, port } = capture.address;
  const shown = host.includes(':') ? `[${host}]` : host;
  process.stdout.write(`telltale proxy listening on http://${shown}:${port}\n`);
  process.stdout.write(`set-up page for the phone: http://${capture.phoneAddresses[0]}/\n`);
  const paint = painter(mayColour(process.stderr, process.env));
  const lines = [
    '',
    paint('bold', 'Wi-Fi proxy to type into the phone'),
    ...capture.phoneAddresses.map((address) => `  ${address}`),
    ...capture.furtherPorts.map(({ port, device, transparent }) =>
      transparent ? `  port ${port} for redirected connections` : `  port ${port} for ${device}`,
    ),
    '',
    `certificate authority  ${capture.authority.path}${capture.authority.created ? ' (made just now)' : ''}`,
    `evidence               ${flags.db}, capture ${capture.name}`,
    `device profile         ${flags.device ?? paint('yellow', 'none: only data with a telling form will be found; see --device')}`,
    ...capture.notices.map((notice) => paint('yellow', notice)),
    ...(flags.insecureUpstream
      ? [paint('red', 'servers are NOT verified (--insecure-upstream): what is seen may not come from who it seems')]
      : []),
    '',
    capture.setUpQr(mayColour(process.stderr, process.env)),
    'Ctrl-C ends the capture.',
    '',
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

export function describeCounts(counts: AuditCounts): string {
  return `${counts.exchanges} exchanges · ${counts.sdks} SDKs · ${counts.findings} findings · ${counts.gaps} gaps`;
}

function summarise(capture: RunningCapture, flags: ProxyFlags, counts: AuditCounts): void {
  const policy = flags.policy ?? 'POLICY.txt';
  process.stderr.write(`capture ${capture.name}: ${describeCounts(counts)}, in ${flags.db}\n`);
  process.stderr.write(
    `Next: ${selfName(process.env)} compare --db ${flags.db} --capture ${capture.name} --policy ${policy}\n`,
  );
}
