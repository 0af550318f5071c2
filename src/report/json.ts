import { findingToJson } from '../model/finding.ts';
import { jsonPieces } from '../model/json-text.ts';
import type { ReportValue } from './report-value.ts';

/** The whole report for machines: the comparison of `telltale compare`, and beside it all that it rests on. */
export function* jsonReport(value: ReportValue): Generator<string> {
  const { tool, comparison, capture, declaration, exchanges, findings, gaps, rules, baseline } = value;
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const report = {
    tool,
    capture: {
      name: capture.name,
      app: capture.app,
      device: capture.device,
      started_at: time(capture.startedAt),
      ended_at: time(capture.endedAt),
      facts: capture.facts,
    },
    comparison,
    declaration,
    findings: mapped(findings, findingToJson),
    exchanges: mapped(exchanges, (one) => ({
      id: one.id,
      started_at: time(one.startedAt),
      method: one.method,
      url: one.url,
      host: one.host,
      status: one.status,
      recipient: one.recipient,
      server_address: one.serverAddress,
      country: one.country,
      request_sha256: one.requestSha256,
      request_bytes: one.requestBytes,
    })),
    gaps: mapped(gaps, ({ id, exchange, at, host, port, recipient, gap }) => ({
      id,
      exchange,
      at: time(at),
      host,
      port,
      recipient,
      kind: gap.kind,
      where: gap.at,
      bytes_unread: gap.bytesUnread,
      detail: gap.detail,
    })),
    rules: rules.map(({ id, name, severity, needsHuman, title, basis }) => ({
      id,
      name,
      severity,
      needs_human: needsHuman,
      title,
      basis,
    })),
    baseline,
  };
  yield* jsonPieces(report);
  yield '\n';
}

function* mapped<Item>(items: readonly Item[], made: (item: Item) => unknown): Generator<unknown> {
  for (const item of items) yield made(item);
}
