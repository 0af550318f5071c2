import type { Recipient } from './recipient.ts';

export type Declared = 'clear' | 'vague' | 'omitted';

export type VerdictKind = 'consistent' | 'vague' | 'undeclared' | 'undeclared-recipient' | 'unobserved' | 'undecided';

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** A rule of signatures/rules.json that a verdict breaks. */
export interface Violation {
  readonly rule: string;
  /** Short name for `--fail-on`: `before-consent`, `cleartext`, … */
  readonly name: string;
  readonly basis: string;
  readonly severity: Severity;
  readonly text: string;
}

/** Declared × observed for one recipient and data type, key for key as in the JSON of `telltale compare`. */
export interface Verdict {
  readonly recipient: Recipient;
  readonly data_type: string;
  readonly declared: Declared;
  readonly declared_quote: string | null;
  readonly observed: boolean;
  readonly count: number;
  /** ISO times; null when never seen. */
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly phases: Readonly<Record<string, number>>;
  readonly verdict: VerdictKind;
  readonly violations: readonly Violation[];
  /** Ids of the exchanges that prove it. */
  readonly exchanges: readonly number[];
  /** Ids of the findings that prove it. */
  readonly findings: readonly number[];
}

export interface Comparison {
  readonly app: string | null;
  readonly capture: string;
  readonly policy: string;
  readonly verdicts: readonly Verdict[];
  readonly coverage: {
    readonly exchanges: number;
    readonly gaps: readonly { readonly kind: string; readonly host: string | null; readonly count: number }[];
  };
}
