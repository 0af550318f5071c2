import { Command } from 'commander';
import { type Columns, clock, printList, recipientText, short, withListOptions } from './listing.ts';

const COLUMNS: Columns = {
  host: ({ host }) => short(host, 60),
  recipient: ({ recipient }) => recipientText(recipient),
  exchanges: ({ exchanges }) => String(exchanges),
  findings: ({ findings }) => String(findings),
  sent: ({ request_bytes }) => String(request_bytes),
  received: ({ response_bytes }) => String(response_bytes),
  'first (UTC)': ({ first_seen }) => clock(first_seen),
  'last (UTC)': ({ last_seen }) => clock(last_seen),
};

export function hostsCommand(): Command {
  return withListOptions(
    new Command('hosts')
      .description('Sums exchanges up by host, most exchanges first.')
      .addHelpText('after', "\nExample:\n  telltale hosts --db telltale.db --filter 'party=third-party'"),
  ).action(async (flags) => {
    const { listHosts } = await import('../audit/query.ts');
    await printList(flags, COLUMNS, listHosts);
  });
}
