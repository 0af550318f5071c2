import { Command } from 'commander';
import { type Columns, clock, printList, recipientText, short, withListOptions, withSort } from './listing.ts';

const COLUMNS: Columns = {
  id: ({ id }) => String(id),
  'time (UTC)': ({ at }) => clock(at),
  kind: ({ kind }) => String(kind),
  host: ({ host }) => short(host, 40),
  recipient: ({ recipient }) => recipientText(recipient),
  exchange: ({ exchange }) => (exchange === null ? '–' : String(exchange)),
  where: ({ place }) => short((place as string[]).join(' › '), 40),
  unread: ({ bytes_unread }) => (bytes_unread === null ? '?' : String(bytes_unread)),
  detail: ({ detail }) => short(detail, 60),
};

export function gapsCommand(): Command {
  return withSort(
    withListOptions(
      new Command('gaps')
        .description('Lists what passed but could not be looked into, and why.')
        .addHelpText('after', '\nExample:\n  telltale gaps --db telltale.db --format json'),
    ),
    'id, time, kind, host',
  ).action(async (flags) => {
    const { listGaps } = await import('../audit/query.ts');
    await printList(flags, COLUMNS, listGaps);
  });
}
