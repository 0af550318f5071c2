import { Command } from 'commander';
import {
  type Columns,
  clock,
  printList,
  recipientText,
  short,
  withListOptions,
  withReveal,
  withSort,
} from './listing.ts';

const COLUMNS: Columns = {
  id: ({ id }) => String(id),
  'time (UTC)': ({ observed_at }) => clock(observed_at),
  phase: ({ phase }) => String(phase),
  recipient: ({ recipient }) => recipientText(recipient),
  'data type': ({ data_type }) => String(data_type),
  value: ({ value_masked }) => String(value_masked),
  as: ({ transform }) => String(transform),
  match: ({ match }) => String(match),
  where: ({ direction, place, field }) => short(`${direction} ${place} ${field ?? ''}`, 48),
  exchange: ({ exchange }) => String(exchange),
  host: ({ host }) => short(host, 40),
};

export function findingsCommand(): Command {
  return withSort(
    withReveal(
      withListOptions(
        new Command('findings')
          .description('Lists the data types that were seen in exchanges. Values are masked.')
          .addHelpText('after', '\nExample:\n  telltale findings --db telltale.db --format json'),
      ),
    ),
    'id, time, host, recipient, type',
  ).action(async (flags) => {
    const { listFindings } = await import('../audit/query.ts');
    await printList(flags, COLUMNS, listFindings);
  });
}
