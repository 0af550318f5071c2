import type { Severity, VerdictKind, VerdictReason } from '../../model/comparison.ts';
import type { Platform } from '../../model/declaration.ts';
import type { Place } from '../../model/finding.ts';
import type { GapKind } from '../../model/gaps.ts';
import type { Language } from '../../model/language.ts';
import type { MarkKind, Phase } from '../../model/mark.ts';
import type { Recipient } from '../../model/recipient.ts';

/** Every sentence of a report, once for each language. */
export interface Wording {
  readonly language: Language;
  readonly htmlLanguage: string;
  readonly title: string;
  readonly listSeparator: string;
  readonly colon: string;
  readonly none: string;
  readonly unknown: string;
  readonly verdict: Readonly<Record<VerdictKind, string>>;
  readonly verdictMeans: Readonly<Record<VerdictKind, string>>;
  readonly because: Readonly<Record<VerdictReason, string>>;
  readonly severity: Readonly<Record<Severity, string>>;
  readonly declared: Readonly<Record<'clear' | 'vague' | 'omitted', string>>;
  readonly platform: Readonly<Record<Platform, string>>;
  readonly only: (systems: string) => string;
  readonly optional: string;
  readonly mandatory: string;
  readonly elsewhere: Readonly<Record<'first-party' | 'sdk', string>>;
  readonly phase: Readonly<Record<Phase, string>>;
  readonly mark: Readonly<Record<MarkKind, string>>;
  readonly kind: Readonly<Record<Recipient['kind'], string>>;
  readonly place: Readonly<Record<Place, string>>;
  readonly match: Readonly<Record<'known-value' | 'self-checking' | 'structure', string>>;
  /** A kind without a sentence here gets that of GAP_KINDS. */
  readonly gap: Readonly<Partial<Record<GapKind, string>>>;
  readonly missing: Readonly<Record<string, string>>;
  readonly category: (id: string) => string;
  readonly country: (code: string) => string;
  readonly cover: {
    readonly app: string;
    readonly capture: string;
    readonly device: string;
    readonly policy: string;
    readonly period: string;
    readonly profile: string;
    readonly profiles: Readonly<Record<'cn' | 'gdpr', string>>;
    readonly noPolicy: string;
    readonly running: string;
  };
  readonly headline: {
    readonly bad: (violations: number) => string;
    readonly blind: (undecided: number) => string;
    readonly good: string;
    readonly nothing: string;
    readonly noPolicy: string;
    /** No exchange passed at all. */
    readonly silence: string;
    readonly silenceMeans: string;
    /** No exchange could be read, but something passed. */
    readonly silenceHidden: string;
    readonly sentence: (facts: {
      exchanges: number;
      recipients: number;
      types: number;
      /** Null: there is no policy. */
      undeclared: number | null;
      undisclosed: number;
    }) => string;
    readonly caution: (facts: {
      gaps: number;
      /** Statements that a gap could hide. */
      hidden: number;
      /** Statements on SDKs that nobody could recognise in traffic. */
      unrecognisable: number;
    }) => string;
    readonly whole: string;
    /** Follows the sentence before it. */
    readonly mayBeOwn: string;
    /** Follows the sentence before it, too. */
    readonly appUnseen: string;
  };
  readonly tiles: {
    readonly exchanges: string;
    readonly recipients: string;
    readonly types: string;
    readonly undeclared: string;
    readonly beforeConsent: string;
    readonly notSeen: string;
  };
  readonly policy: {
    readonly storage: string;
    readonly crossBorder: string;
    readonly retention: string;
    readonly children: string;
    readonly silent: string;
    readonly kinds: Readonly<Record<'none' | 'with_consent' | 'per_law' | 'yes', string>>;
    readonly mainland: Readonly<Record<'true' | 'false', string>>;
  };
  readonly section: {
    readonly policy: string;
    readonly contents: string;
    readonly summary: string;
    readonly matrix: string;
    readonly timeline: string;
    readonly flows: string;
    readonly verdicts: string;
    readonly rules: string;
    readonly coverage: string;
    readonly exchanges: string;
    readonly method: string;
    readonly baseline: string;
  };
  readonly intro: {
    readonly matrix: string;
    readonly timeline: string;
    readonly noMarks: string;
    readonly flows: string;
    readonly coverage: string;
    readonly noGaps: string;
    readonly exchanges: string;
    readonly nothingSeen: string;
  };
  readonly label: {
    readonly findings: string;
    readonly who: string;
    readonly policySays: string;
    readonly observed: string;
    readonly notObserved: string;
    readonly notDeclared: string;
    readonly evidence: string;
    readonly exchange: string;
    readonly time: string;
    readonly phase: string;
    readonly request: string;
    readonly field: string;
    readonly chain: string;
    readonly offset: string;
    readonly transform: string;
    readonly value: string;
    readonly server: string;
    readonly body: string;
    readonly basis: string;
    readonly advice: string;
    readonly decidedBy: string;
    readonly result: string;
    readonly rule: string;
    readonly human: string;
    readonly owner: string;
    readonly hosts: string;
    readonly countries: string;
    readonly perMinute: string;
    readonly dataType: string;
    readonly recipient: string;
    readonly verdict: string;
    readonly gapKind: string;
    readonly host: string;
    readonly count: string;
    readonly meaning: string;
    readonly structural: string;
    readonly hashed: string;
    readonly immutable: string;
    readonly sensitive: string;
    readonly background: string;
    readonly firstSeen: string;
    readonly lastSeen: string;
    readonly consentGiven: string;
    readonly noPersonalData: string;
    readonly whole: string;
  };
  /** How many of a list are not shown, at its end. */
  /** Stands behind a list that was cut. */
  readonly andMore: (count: number) => string;
  readonly times: (count: number) => string;
  readonly requests: (count: number) => string;
  readonly bytes: (count: number) => string;
  readonly more: (count: number) => string;
  readonly cases: (count: number) => string;
  readonly notBroken: string;
  readonly notDecided: (missing: string) => string;
  readonly unresolved: {
    readonly rules: string;
    readonly undecided: string;
    readonly silent: string;
    readonly unseenTypes: string;
    readonly contacted: string;
    readonly returned: string;
  };
  readonly method: readonly string[];
  readonly baseline: { readonly added: string; readonly gone: string; readonly changed: string; readonly same: string };
  readonly footer: (tool: string) => string;
  readonly csv: readonly string[];
}
