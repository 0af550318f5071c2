import { SEVERITIES, type Severity, type Verdict, type Violation } from '../model/comparison.ts';
import type { Declaration } from '../model/declaration.ts';
import type { Finding } from '../model/finding.ts';
import { GAP_KINDS, type GapKind } from '../model/gaps.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Rule } from '../model/rule.ts';
import type { ReportValue } from './report-value.ts';
import type { Wording } from './wording/wording.ts';

/** One broken rule with everything that breaks it. */
export interface RuleFinding {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly cases: readonly { readonly verdict: Verdict; readonly violation: Violation }[];
  /** The data types by recipient, in the report's order. */
  readonly concerned: readonly { readonly recipient: Recipient; readonly types: readonly string[] }[];
}

/** What the conclusions of a report are drawn from. */
export type Judged = Pick<ReportValue, 'comparison' | 'rules' | 'declaration'>;

/** The broken rules, worst first; among equals the one with more cases, then the rules file's order. */
export function ruleFindings({ comparison, rules }: Judged): RuleFinding[] {
  const found = rules.flatMap((rule): RuleFinding[] => {
    const cases = comparison.verdicts.flatMap((verdict) =>
      verdict.violations.filter((one) => one.rule === rule.id).map((violation) => ({ verdict, violation })),
    );
    if (cases.length === 0) return [];
    const concerned = new Map<string, { recipient: Recipient; types: string[] }>();
    for (const { verdict } of cases) {
      const key = recipientKey(verdict.recipient);
      const group = concerned.get(key) ?? { recipient: verdict.recipient, types: [] };
      group.types.push(verdict.data_type);
      concerned.set(key, group);
    }
    const severity = cases.reduce<Severity>((worst, { violation }) => worse(worst, violation.severity), 'info');
    return [{ rule, severity, cases, concerned: [...concerned.values()] }];
  });
  return found.sort(
    (a, b) =>
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      Number(a.rule.needsHuman) - Number(b.rule.needsHuman) ||
      b.cases.length - a.cases.length,
  );
}

function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

/** Identity of a recipient; whatever ids the first party goes by, it is one. */
export function recipientKey({ kind, id }: Recipient): string {
  return kind === 'first-party' ? kind : `${kind} ${id}`;
}

/** The sentence at the top of a report, and whether it is good news. */
export interface Headline {
  readonly tone: 'bad' | 'blind' | 'good';
  readonly title: string;
  readonly sentence: string;
  readonly caution: string | null;
}

export function headline(value: Judged, wording: Wording): Headline {
  const { verdicts, coverage, summary } = value.comparison;
  const seen = verdicts.filter(({ observed }) => observed);
  const undeclared = seen.filter(({ verdict }) => verdict === 'undeclared' || verdict === 'undeclared-recipient');
  const undisclosed = new Set(
    seen.filter(({ verdict }) => verdict === 'undeclared-recipient').map(({ recipient }) => recipientKey(recipient)),
  );
  const violations = ruleFindings(value).length;
  const undecided = summary.verdicts.undecided;
  const gaps = gapCount(value.comparison);
  const words = wording.headline;
  const hasPolicy = value.declaration !== null;
  if (coverage.exchanges === 0) {
    const sentence = gaps === 0 ? words.silenceMeans : words.silenceHidden;
    return { tone: 'blind', title: words.silence, sentence, caution: null };
  }
  const title =
    violations > 0
      ? words.bad(violations)
      : !hasPolicy
        ? words.noPolicy
        : seen.length === 0 && undecided === 0
          ? words.nothing
          : undecided > 0
            ? words.blind(undecided)
            : words.good;
  return {
    tone:
      violations > 0
        ? 'bad'
        : undecided > 0 || gaps > 0 || !hasPolicy || appUnseen(value.comparison)
          ? 'blind'
          : 'good',
    title,
    sentence: words.sentence({
      exchanges: coverage.exchanges,
      recipients: new Set(seen.map(({ recipient }) => recipientKey(recipient))).size,
      types: new Set(seen.map(({ data_type }) => data_type)).size,
      undeclared: hasPolicy ? undeclared.length : null,
      undisclosed: undisclosed.size,
    }),
    caution: cautionOf(value, wording),
  };
}

/** How far the conclusion reaches: what was hidden, and what nobody could have recognised. */
function cautionOf({ comparison, declaration }: Judged, { headline: words }: Wording): string {
  const gaps = gapCount(comparison);
  const open = declaration === null ? [] : comparison.verdicts.filter(({ verdict }) => verdict === 'undecided');
  const hidden = open.filter(({ because }) => because === 'hidden-by-gap').length;
  const reach =
    gaps + open.length === 0 ? words.whole : words.caution({ gaps, hidden, unrecognisable: open.length - hidden });
  if (appUnseen(comparison)) return `${reach}${words.appUnseen}`;
  return mayBeOwn(comparison) ? `${reach}${words.mayBeOwn}` : reach;
}

/** Places that were not looked into. */
function gapCount({ coverage }: Judged['comparison']): number {
  return coverage.gaps.reduce((sum, { kind, count }) => sum + (kind === 'nothing-captured' ? 0 : count), 0);
}

/** Whether nothing that passed was the app's, as far as anybody can tell: the phone alone talks to somebody, too. */
function appUnseen({ recipients }: Judged['comparison']): boolean {
  return recipients.every(
    ({ recipient, exchanges, findings }) => exchanges === 0 || (recipient.kind === 'third-party' && findings === 0),
  );
}

/** Whether somebody took for a third party may be the app's own servers: nothing was known as the app's, and the policy declares that it gets this. */
function mayBeOwn({ recipients, verdicts }: Judged['comparison']): boolean {
  const own = recipients.find(({ recipient }) => recipient.kind === 'first-party');
  if (own !== undefined && own.exchanges > 0) return false;
  return verdicts.some(
    ({ recipient, verdict, declared_elsewhere: where }) =>
      recipient.kind === 'third-party' && verdict === 'undeclared-recipient' && where === 'first-party',
  );
}

/** A data type's short name as the report gives it. */
export function shortType(value: ReportValue, id: string): string {
  return value.types.find((type) => type.id === id)?.short ?? id;
}

/** Where a verdict stands in the report: `v3`. Its number is its place in the comparison, so that all forms agree. */
export function verdictAnchor(value: ReportValue, verdict: Verdict): string {
  return `v${value.comparison.verdicts.indexOf(verdict) + 1}`;
}

export function recipientAnchor(value: ReportValue, recipient: Recipient): string {
  const key = recipientKey(recipient);
  return `r${value.comparison.recipients.findIndex((one) => recipientKey(one.recipient) === key) + 1}`;
}

/** Whether a transform is a hash: `md5-hex`, `sha256-base64`, … */
export function isHash(transform: string): boolean {
  return /(?:^|[^a-z])(?:md5|sha1|sha-?224|sha-?256|sha-?384|sha-?512|sm3|hmac|murmur|crc)/i.test(transform);
}

/** Names that a piece of advice lists. */
const NAMES_MAX = 6;

/** What to do about a broken rule, for everybody whom it concerns. */
export function adviceFor({ rule, concerned }: RuleFinding, value: ReportValue, wording: Wording): string {
  const listed = (names: readonly string[]) => shortList(names, NAMES_MAX, wording);
  const types = [...new Set(concerned.flatMap((one) => one.types))].map((type) => shortType(value, type));
  const words: Readonly<Record<string, string>> = {
    recipient: listed(concerned.map(({ recipient }) => recipient.name)),
    type: listed(types),
  };
  return rule.advice[wording.language].replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}

/** What a kind of gap means, in the report's language as far as it has a sentence of its own for it. */
export function gapMeaning(kind: string, wording: Wording): string {
  const known = kind as GapKind;
  return wording.gap[known] ?? GAP_KINDS[known] ?? kind;
}

/** One of the promises of a policy that concern no recipient in particular. */
export interface PolicyPromise {
  readonly name: string;
  /** What it was understood to say; null: nothing in particular. */
  readonly kind: string | null;
  /** An exact substring of the policy; null: it is silent. */
  readonly quote: string | null;
}

/** What the policy says on storage, transfers abroad, retention and children. */
export function policyPromises({ storage, retention, children }: Declaration, { policy }: Wording): PolicyPromise[] {
  const { mainland_only: mainland, cross_border: crossBorder, quote } = storage;
  return [
    { name: policy.storage, kind: mainland === null ? null : policy.mainland[mainland ? 'true' : 'false'], quote },
    {
      name: policy.crossBorder,
      kind: crossBorder === null ? null : policy.kinds[crossBorder],
      quote: crossBorder === null ? null : quote,
    },
    { name: policy.retention, kind: null, quote: retention.quote },
    { name: policy.children, kind: null, quote: children?.quote ?? null },
  ];
}

/** What the report is about: the app as its policy names it, else its id, else the capture. */
export function reportName({ declaration, comparison, capture }: ReportValue): string {
  return declaration?.app ?? comparison.app ?? capture.name;
}

const indexes = new WeakMap<ReportValue, ReadonlyMap<number, Finding>>();

/** The first findings of a list of ids, in the order of the ids. */
export function findingsOf(value: ReportValue, ids: readonly number[], max: number): Finding[] {
  const index = indexes.get(value) ?? new Map(value.findings.map((finding) => [finding.id, finding]));
  indexes.set(value, index);
  return ids.slice(0, max).flatMap((id) => index.get(id) ?? []);
}

/** The last part of a path: folders of the machine that made the report are nobody's business. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}

/** At most `max` names, and how many there are besides. */
export function shortList(names: readonly string[], max: number, wording: Wording): string {
  const named = names.slice(0, max).join(wording.listSeparator);
  return names.length > max ? named + wording.andMore(names.length - max) : named;
}
