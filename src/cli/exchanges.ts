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
  'time (UTC)': ({ started_at }) => clock(started_at),
  phase: ({ phase }) => String(phase),
  recipient: ({ recipient }) => recipientText(recipient),
  method: ({ method }) => short(method, 8),
  status: ({ status, error }) => (status === null ? (error === null ? '–' : 'failed') : String(status)),
  sent: ({ request_bytes }) => String(request_bytes),
  received: ({ response_bytes }) => String(response_bytes),
  findings: ({ findings }) => String(findings),
  url: ({ url }) => short(url, 100),
};

export function exchangesCommand(): Command {
  return withSort(
    withReveal(
      withListOptions(
        new Command('exchanges')
          .description('Lists the exchanges in an evidence file.')
          .addHelpText('after', '\nExample:\n  telltale exchanges --db telltale.db --format jsonl | head'),
      ),
    ),
    'id, time, duration, host, recipient, status, findings, sent, received',
  ).action(async (flags) => {
    const { listExchanges } = await import('../audit/query.ts');
    await printList(flags, COLUMNS, listExchanges);
  });
}
