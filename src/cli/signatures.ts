import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import { operatorError } from '../model/errors.ts';
import { printAll } from './output.ts';
import { printable, table } from './terminal.ts';

const EXAMPLES = `
Examples:
  telltale signatures list
  telltale signatures show umeng
  telltale signatures match https://ulogs.umeng.com/unify_logs
  telltale signatures match - --format jsonl < urls.txt
  telltale signatures lint --signatures my-signatures/`;

interface Options {
  readonly signatures?: string;
  readonly format: string;
}

/** `telltale signatures`: the data by which SDKs are recognised. */
export function signaturesCommand(): Command {
  const command = new Command('signatures')
    .description('Shows, checks and tries the signatures by which SDKs are recognised.')
    .addHelpText('after', EXAMPLES);
  command
    .command('list')
    .description('One line a signature.')
    .option('--signatures <DIR>', 'a folder of your own that adds to the packaged signatures and overrides them')
    .addOption(new Option('--format <FORMAT>', 'how to print it').choices(['table', 'json', 'jsonl']).default('table'))
    .action(list);
  command
    .command('show')
    .description('Everything known about one SDK, with sources, as JSON.')
    .argument('<ID>', 'signature id, as in the list')
    .option('--signatures <DIR>', 'a folder of your own that adds to the packaged signatures and overrides them')
    .action(show);
  command
    .command('match')
    .description('Says which SDK each URL belongs to.')
    .argument('<URL...>', 'URLs; - reads them from stdin, one a line')
    .option('--signatures <DIR>', 'a folder of your own that adds to the packaged signatures and overrides them')
    .addOption(new Option('--format <FORMAT>', 'how to print it').choices(['table', 'jsonl']).default('table'))
    .action(match);
  command
    .command('lint')
    .description('Checks all signatures: sources, samples, claims. Exit status 1 when one is refused.')
    .option('--signatures <DIR>', 'a folder of your own that adds to the packaged signatures and overrides them')
    .addOption(new Option('--format <FORMAT>', 'how to print it').choices(['table', 'jsonl']).default('table'))
    .action(lint);
  return command;
}

async function list(options: Options): Promise<void> {
  const { format } = options;
  const { listSignatures } = await import('../audit/signature-data.ts');
  const signatures = listSignatures({ extraFolder: options.signatures ?? null });
  const rows = signatures.map(({ id, name, vendor, category, network, hosts, checkedOn }) => ({
    id,
    name,
    vendor: vendor.name,
    category,
    network,
    hosts: hosts.length,
    checked_on: checkedOn,
  }));
  if (format === 'json') await printAll([`${JSON.stringify(rows, null, 2)}\n`]);
  else if (format === 'jsonl') await printAll(rows.map((row) => `${JSON.stringify(row)}\n`));
  else {
    const cells = rows.map((row) =>
      [row.id, row.name, row.vendor, row.category, row.network, String(row.hosts)].map(printable),
    );
    await printAll([`${table(['ID', 'NAME', 'VENDOR', 'CATEGORY', 'NETWORK', 'HOSTS'], cells)}\n`]);
  }
}

async function show(id: string, options: Options): Promise<void> {
  const { listSignatures } = await import('../audit/signature-data.ts');
  const signature = listSignatures({ extraFolder: options.signatures ?? null }).find((one) => one.id === id);
  if (!signature) throw operatorError('signature-unknown', { id });
  await printAll([`${JSON.stringify(signature, null, 2)}\n`]);
}

async function match(urls: readonly string[], options: Options): Promise<void> {
  const { format } = options;
  const { loadUrlMatcher } = await import('../audit/signature-data.ts');
  const matchUrl = loadUrlMatcher({ extraFolder: options.signatures ?? null });
  const answer = (url: string) => {
    const { id, reason } = matchUrl(url);
    return format === 'jsonl'
      ? `${JSON.stringify({ url, id })}\n`
      : `${id ?? '-'}\t${printable(url)}\t${printable(reason)}\n`;
  };
  await printAll(answers(urls, answer));
}

/** Line by line, so that a long list is answered while it is still being read. A byte order mark at its start is no part of a URL. */
async function* answers(urls: readonly string[], answer: (url: string) => string): AsyncGenerator<string> {
  for (const url of urls) {
    if (url !== '-') yield answer(url);
    else {
      let read = 0;
      for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }))
        yield answer(read++ === 0 ? line.replace(/^\uFEFF/, '') : line);
    }
  }
}

async function lint(options: Options): Promise<void> {
  const { format } = options;
  const { lintSignatureData } = await import('../audit/signature-data.ts');
  const problems = lintSignatureData({ extraFolder: options.signatures ?? null });
  if (problems.length > 0) process.exitCode = 1;
  if (format === 'jsonl') await printAll(problems.map((problem) => `${JSON.stringify(problem)}\n`));
  else if (problems.length === 0) await printAll(['All signatures hold.\n']);
  else {
    const cells = problems.map(({ signature, place, problem }) => [signature, place, problem].map(printable));
    await printAll([`${table(['SIGNATURE', 'PLACE', 'PROBLEM'], cells)}\n`]);
  }
}
