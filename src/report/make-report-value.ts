import type { Comparison } from '../model/comparison.ts';
import type { Taxonomy } from '../model/data-type.ts';
import type { Declaration } from '../model/declaration.ts';
import type { CaptureEvidence, StoredExchange } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Language } from '../model/language.ts';
import { maskedUrl, withMaskedNames } from '../model/masked-url.ts';
import { PhaseTimeline } from '../model/phase-timeline.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Rule } from '../model/rule.ts';
import { typeName } from '../model/type-name.ts';
import { fileName, recipientKey } from './overview.ts';
import type { BaselineDifference, ReportExchange, ReportType, ReportValue } from './report-value.ts';

export interface ReportInput {
  readonly tool: ReportValue['tool'];
  readonly comparison: Comparison;
  readonly evidence: CaptureEvidence;
  readonly declaration: Declaration | null;
  readonly taxonomy: Taxonomy;
  readonly rules: readonly Rule[];
  readonly countryOf: ((address: string) => string | null) | null;
  readonly baseline: BaselineDifference | null;
  readonly language: Language;
}

/** Gathers what a report shows out of what was judged; identifier values stay behind. */
export function makeReportValue(input: ReportInput): ReportValue {
  const { evidence, comparison } = input;
  const { capture } = evidence;
  const sent = evidence.findings.filter(({ direction }) => direction === 'request');
  const found = groupByExchange(sent);
  const phases = new PhaseTimeline(comparison.marks.map((mark) => ({ ...mark, at: Date.parse(mark.at) })));
  const names = new Map(comparison.recipients.map(({ recipient }) => [recipientKey(recipient), recipient]));
  const nameOf = (recipient: Recipient) => names.get(recipientKey(recipient)) ?? recipient;
  const urls = new Map([...found].map(([id, findings]) => [id, maskedUrl(findings[0]?.url ?? '', findings)]));
  return {
    tool: input.tool,
    comparison,
    capture: {
      name: capture.name,
      app: capture.app,
      device: capture.deviceName,
      startedAt: capture.startedAt,
      endedAt: capture.endedAt,
      facts: factsOf(capture),
    },
    declaration: input.declaration,
    exchanges: evidence.exchanges
      .filter(({ id }) => found.has(id))
      .sort((a, b) => a.startedAt - b.startedAt || a.id - b.id)
      .map((exchange) => ({
        ...exchangeOf(exchange, found.get(exchange.id) ?? [], input),
        recipient: nameOf(exchange.recipient),
      })),
    findings: [...sent]
      .sort((a, b) => a.observedAt - b.observedAt || a.id - b.id)
      .map((finding) => ({
        ...withMaskedNames(finding),
        recipient: nameOf(finding.recipient),
        // The comparison may have been judged by other marks than the capture's own.
        phase: phases.at(finding.observedAt),
        url: urls.get(finding.exchange) ?? finding.url,
      })),
    gaps: evidence.gaps,
    types: typesOf(input),
    rules: input.rules,
    baseline: input.baseline,
  };
}

/** What the capture was made with. How this copy of it came here is the file's business: the same capture gives the same report. */
function factsOf({ facts }: CaptureEvidence['capture']): ReportValue['capture']['facts'] {
  const kept = Object.entries(facts).filter(([name]) => !name.startsWith('bundle_'));
  return Object.fromEntries(
    kept.map(([name, fact]) => [name, name === 'policy' && typeof fact === 'string' ? fileName(fact) : fact]),
  );
}

function groupByExchange(findings: readonly Finding[]): Map<number, Finding[]> {
  const groups = new Map<number, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.exchange);
    if (group === undefined) groups.set(finding.exchange, [finding]);
    else group.push(finding);
  }
  return groups;
}

function exchangeOf(exchange: StoredExchange, findings: readonly Finding[], input: ReportInput): ReportExchange {
  const { request, serverAddress } = exchange;
  return {
    id: exchange.id,
    startedAt: exchange.startedAt,
    method: request.method,
    url: maskedUrl(exchange.url, findings),
    scheme: request.scheme,
    host: request.host,
    status: exchange.response?.status ?? null,
    recipient: exchange.recipient,
    serverAddress,
    country: serverAddress === null ? null : (input.countryOf?.(serverAddress) ?? null),
    requestSha256: exchange.requestBody?.sha256 ?? null,
    requestBytes: exchange.requestBody?.size ?? null,
  };
}

function typesOf({ taxonomy, comparison, language }: ReportInput): ReportType[] {
  const named = new Set([...comparison.verdicts, ...comparison.returned].map(({ data_type }) => data_type));
  const ordered = [...taxonomy.keys(), ...[...named].filter((id) => !taxonomy.has(id)).sort()];
  return ordered
    .filter((id) => named.has(id))
    .map((id) => {
      const type = taxonomy.get(id);
      return {
        id,
        short: typeName(taxonomy, id, language),
        name: (type?.names[language] ?? id).split(/[（(;；]/)[0]?.trim() || id,
        group: type?.group ?? '',
        immutable: type?.immutable ?? false,
        sensitive: type?.sensitive ?? false,
      };
    });
}
