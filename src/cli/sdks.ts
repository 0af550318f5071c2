import { Command } from 'commander';
import { type Columns, clock, printList, short, withListOptions } from './listing.ts';

const COLUMNS: Columns = {
  sdk: ({ sdk }) => short(sdk, 28),
  name: ({ name }) => short(name, 28),
  hosts: ({ hosts }) => String(hosts),
  exchanges: ({ exchanges }) => String(exchanges),
  findings: ({ findings }) => String(findings),
  'first (UTC)': ({ first_seen }) => clock(first_seen),
  'last (UTC)': ({ last_seen }) => clock(last_seen),
  'data types': ({ data_types }) => short(Object.keys(data_types as object).join(', '), 80),
};

export function sdksCommand(): Command {
  return withListOptions(
    new Command('sdks')
      .description('Sums exchanges up by SDK, with the data types it received.')
      .addHelpText('after', "\nExample:\n  telltale sdks --db telltale.db --filter 'phase=before-consent'"),
  ).action(async (flags) => {
    const { listSdks } = await import('../audit/query.ts');
    await printList(flags, COLUMNS, listSdks);
  });
}
