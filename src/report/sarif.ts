import type { Severity, Verdict, Violation } from '../model/comparison.ts';
import { basisText } from '../model/rule.ts';
import { visible } from '../model/shown-text.ts';
import { fileName, findingsOf, gapMeaning, shortList, shortType } from './overview.ts';
import type { ReportValue } from './report-value.ts';
import type { Wording } from './wording/wording.ts';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** What code-scanning dashboards sort by, from 0 to 10. */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.5',
};

/** Places of one result; the evidence file has the rest. */
const LOCATIONS_MAX = 10;

/** Hosts that one notification names. */
const HOSTS_MAX = 10;

/**
 * SARIF 2.1.0 for code-scanning dashboards: one result for each broken rule of each verdict. The artifact is the policy, which is
 * where the fault can be mended or the promise was made; exchanges are logical locations. A fingerprint of recipient, type and
 * rule lets dashboards tell old from new.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/
 */
export function sarifReport(value: ReportValue, wording: Wording): string {
  const { tool, rules, comparison } = value;
  const { language } = wording;
  const results = comparison.verdicts.flatMap((verdict) =>
    verdict.violations.map((violation) => resultOf(verdict, violation, value, wording)),
  );
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: tool.name,
            semanticVersion: tool.version,
            language: language === 'zh' ? 'zh-CN' : 'en-US',
            rules: rules.map((rule) => ({
              id: rule.id,
              name: rule.name,
              shortDescription: { text: rule.title[language] },
              fullDescription: { text: rule.decidedBy[language] },
              help: { text: rule.basis.map((one) => basisText(one, language)).join('\n') },
              defaultConfiguration: { level: LEVELS[rule.severity] },
              properties: {
                'security-severity': SCORES[rule.severity],
                tags: ['privacy', ...(rule.needsHuman ? ['needs-human'] : [])],
              },
            })),
          },
        },
        automationDetails: { id: `telltale/${visible(comparison.app ?? 'app')}/${visible(comparison.capture)}` },
        invocations: [invocationOf(value, wording)],
        artifacts: [{ location: { uri: uriOf(comparison.policy) }, description: { text: wording.cover.policy } }],
        results,
        columnKind: 'utf16CodeUnits',
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/**
 * What no result can say: what could not be looked into, and which rules could not be decided. Without it a capture of nothing but gaps
 * would look like one without a fault.
 */
function invocationOf({ comparison, capture, rules }: ReportValue, wording: Wording): Record<string, unknown> {
  const kinds = [...new Set(comparison.coverage.gaps.map(({ kind }) => kind))];
  const gaps = kinds.map((kind) => {
    const own = comparison.coverage.gaps.filter((gap) => gap.kind === kind);
    const hosts = own.flatMap(({ host }) => host ?? []);
    const where = hosts.length === 0 ? '' : ` (${shortList(hosts, HOSTS_MAX, wording)})`;
    const total = own.reduce((sum, { count }) => sum + count, 0);
    return {
      level: 'warning',
      descriptor: { id: kind },
      message: { text: visible(`${total} × ${kind}${where}${wording.colon}${gapMeaning(kind, wording)}`) },
    };
  });
  const open = comparison.not_decided.map(({ rule, missing }) => ({
    level: 'note',
    descriptor: { id: 'not-decided' },
    associatedRule: { id: rule, index: rules.findIndex(({ id }) => id === rule) },
    message: { text: `${rule} ${wording.notDecided(wording.missing[missing] ?? missing)}` },
  }));
  return {
    executionSuccessful: true,
    startTimeUtc: new Date(capture.startedAt).toISOString(),
    ...(capture.endedAt === null ? {} : { endTimeUtc: new Date(capture.endedAt).toISOString() }),
    toolExecutionNotifications: [...gaps, ...open],
  };
}

function resultOf(
  verdict: Verdict,
  violation: Violation,
  value: ReportValue,
  wording: Wording,
): Record<string, unknown> {
  const { comparison, rules } = value;
  const snippet =
    verdict.declared_quote === null ? {} : { region: { snippet: { text: visible(verdict.declared_quote) } } };
  const findings = findingsOf(value, violation.findings, LOCATIONS_MAX);
  const { recipient, data_type } = verdict;
  return {
    ruleId: violation.rule,
    ruleIndex: rules.findIndex(({ id }) => id === violation.rule),
    level: LEVELS[violation.severity],
    message: { text: visible(violation.text) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(comparison.policy), index: 0 }, ...snippet },
        logicalLocations: findings.map((finding) => ({
          name: visible(finding.field ?? finding.place),
          fullyQualifiedName: visible(
            `exchange/${finding.exchange}/${[...finding.decodeChain, finding.field ?? ''].join('/')}`,
          ),
          kind: 'member',
        })),
      },
    ],
    partialFingerprints: { 'telltale/v1': visible(`${violation.rule}/${recipient.kind}/${recipient.id}/${data_type}`) },
    properties: {
      recipient: visible(recipient.name),
      dataType: data_type,
      dataTypeName: shortType(value, data_type),
      verdict: verdict.verdict,
      verdictName: wording.verdict[verdict.verdict],
      needsHuman: violation.needs_human,
      exchanges: violation.exchanges,
      basis: violation.basis,
    },
  };
}

/**
 * A relative URI reference to the policy. A path as it was typed within the working folder leads dashboards to the file in the
 * repository; of any other the file name alone stands: folders of the machine are nobody's business.
 */
function uriOf(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '.');
  const within = !/^(?:[\\/]|[a-z]:)/i.test(path) && !parts.includes('..');
  const shown = within ? parts.filter((part) => part !== '') : [fileName(path)];
  return shown.map((part) => encodeURIComponent(visible(part))).join('/') || 'policy';
}
