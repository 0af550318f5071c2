import type { Platform } from './declaration.ts';
import type { Mark } from './mark.ts';
import type { Recipient } from './recipient.ts';
import type { RuleProfile } from './rule.ts';

export type Declared = 'clear' | 'vague' | 'omitted';

export type VerdictKind = 'consistent' | 'vague' | 'undeclared' | 'undeclared-recipient' | 'unobserved' | 'undecided';

export const VERDICT_KINDS = [
  'undeclared-recipient',
  'undeclared',
  'vague',
  'undecided',
  'unobserved',
  'consistent',
] as const satisfies readonly VerdictKind[];

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** From the mildest to the worst. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const satisfies readonly Severity[];

/** Why a verdict is what it is; each has its sentence in the reports. */
export type VerdictReason =
  | 'seen-declared'
  | 'seen-broader-term'
  | 'seen-not-in-entry'
  | 'seen-declared-for-other-system'
  | 'seen-recipient-not-in-policy'
  | 'seen-no-policy'
  | 'not-seen'
  | 'not-seen-not-looked-for'
  | 'not-seen-not-visible'
  | 'not-seen-no-network'
  | 'nothing-captured'
  | 'hidden-by-gap'
  | 'hidden-no-signature'
  | 'hidden-hosts-unknown'
  | 'hidden-own-hosts-unknown';

/** A rule of signatures/rules.json that a verdict breaks. */
export interface Violation {
  readonly rule: string;
  /** Short name for `--fail-on`: `before-consent`, `cleartext`, … */
  readonly name: string;
  readonly basis: string;
  readonly severity: Severity;
  readonly text: string;
  /** The traffic shows a sign; a person must confirm what it means. */
  readonly needs_human: boolean;
  /** Ids of the exchanges and findings that show it: some of the verdict's own. */
  readonly exchanges: readonly number[];
  readonly findings: readonly number[];
}

/** How many exchanges carried it within one minute of the capture. */
export interface MinuteCount {
  readonly minute: string;
  readonly count: number;
}

/** Declared × observed for one recipient and data type, key for key as in the JSON of `telltale compare`. */
export interface Verdict {
  readonly recipient: Recipient;
  readonly data_type: string;
  readonly declared: Declared;
  /** An exact substring of the policy. */
  readonly declared_quote: string | null;
  /** The words of the policy that name the type, or the broader term; null when they are not known. */
  readonly declared_words: string | null;
  /** The only systems that the statement holds on; null: it names none. */
  readonly declared_platforms: readonly Platform[] | null;
  /** Whether the policy lets the user refuse it; null: it does not say. */
  readonly declared_optional: boolean | null;
  /** The data types of the policy's entry that cover this one: the type itself, a synonym, or the broader terms. */
  readonly declared_by: readonly string[];
  /** The recipient's name as the policy writes it. */
  readonly declared_name: string | null;
  /** All that the policy says this recipient gets, as written. */
  readonly declared_text: string | null;
  /** The type is declared, but for somebody else than who got it. */
  readonly declared_elsewhere: 'first-party' | 'sdk' | null;
  readonly observed: boolean;
  /** Findings in requests. */
  readonly count: number;
  /** ISO times; null when never seen. */
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly phases: Readonly<Record<string, number>>;
  readonly verdict: VerdictKind;
  readonly because: VerdictReason;
  /** Only seen as a form under a telling key name, never as a known value. */
  readonly structural_only: boolean;
  readonly transforms: readonly string[];
  readonly hosts: readonly string[];
  /** ISO 3166 codes of the servers' countries, as far as known. */
  readonly countries: readonly string[];
  /** Findings while the app was in the background; null when no mark says. */
  readonly in_background: number | null;
  /** Most exchanges that carried it within any 60 seconds. */
  readonly per_minute_max: number;
  readonly series: readonly MinuteCount[];
  readonly violations: readonly Violation[];
  /** Ids of the exchanges that prove it. */
  readonly exchanges: readonly number[];
  /** Ids of the findings that prove it. */
  readonly findings: readonly number[];
  /** Ids of the first 100 gaps that could hide it, and how many there are; none when it was seen. */
  readonly hidden_by: readonly number[];
  readonly hidden_count: number;
}

/** One recipient, seen or declared, with what is known about it as a whole. */
export interface ComparedRecipient {
  readonly recipient: Recipient;
  readonly declared: boolean;
  readonly declared_name: string | null;
  readonly declared_quote: string | null;
  readonly vendor: string | null;
  /** ISO 3166 code of the owner. */
  readonly vendor_country: string | null;
  readonly category: string | null;
  readonly network: string | null;
  readonly exchanges: number;
  readonly findings: number;
  readonly hosts: readonly string[];
  readonly countries: readonly string[];
  /** Declared, could be recognised, and sent nothing at all. */
  readonly silent: boolean;
  readonly gaps: number;
}

export interface CoverageGap {
  readonly kind: string;
  readonly host: string | null;
  readonly count: number;
}

export interface Comparison {
  readonly app: string | null;
  readonly capture: string;
  readonly policy: string;
  readonly profile: RuleProfile;
  readonly category: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly verdicts: readonly Verdict[];
  readonly recipients: readonly ComparedRecipient[];
  /** Data types that a server sent back; not counted as sent by the phone. */
  readonly returned: readonly {
    readonly recipient: Recipient;
    readonly data_type: string;
    readonly exchanges: readonly number[];
  }[];
  /** The timeline that was judged by, after corrections. */
  readonly marks: readonly (Omit<Mark, 'at'> & { readonly at: string })[];
  readonly summary: {
    readonly verdicts: Readonly<Record<VerdictKind, number>>;
    readonly violations: Readonly<Record<string, number>>;
    readonly worst: Severity | null;
  };
  /** Rules that could not be decided, and what was missing. */
  readonly not_decided: readonly { readonly rule: string; readonly name: string; readonly missing: string }[];
  readonly coverage: {
    readonly exchanges: number;
    /**
     * The ledger, grouped. Two groups stand for no row of it: `nothing-captured` for a capture without any exchange, and
     * `policy-part-unread` for what reading the policy gave up.
     */
    readonly gaps: readonly CoverageGap[];
  };
}
