/** What a privacy policy says: the JSON of `telltale policy extract`, key for key. */
export interface Declaration {
  readonly app: string | null;
  readonly company: string | null;
  /** ISO date. */
  readonly updated: string | null;
  readonly language: readonly string[];
  readonly first_party: readonly FirstPartyStatement[];
  readonly sdks: readonly SdkStatement[];
  readonly storage: {
    readonly mainland_only: boolean | null;
    readonly cross_border: 'none' | 'with_consent' | 'per_law' | 'yes' | null;
    readonly quote: string | null;
  };
  readonly retention: { readonly quote: string | null };
  /** What it says about children. */
  readonly children?: { readonly quote: string | null };
  /** What of the text was not read, one statement a kind; empty when it was read whole. */
  readonly unread?: readonly UnreadStatement[];
}

/**
 * Every limit at which reading leaves a part of a policy out, with the sentence that says so.
 * The kinds are public JSON: add new ones, never rename or reuse an old one.
 */
export const UNREAD_KINDS = {
  'tables-tried': 'What looks like a table was none too often; tables behind were not looked for.',
  'table-cut': 'A table that lost its cells is longer than is read at once; its end was left out.',
  'table-columns': 'A table is wider than any table is; its last columns were left out.',
  'elements-nested': 'Elements lie too deep in each other; of those inside only the words were read.',
  'fields-cut': 'An entry has more fields than any entry has; the others were left out.',
  'labels-cut': 'A line has more labels than any line has; the fields behind were left out.',
  'names-cut': 'A list has more names than any list has; the others were left out.',
} as const satisfies Record<string, string>;

export type UnreadKind = keyof typeof UNREAD_KINDS;

export interface UnreadStatement {
  readonly kind: UnreadKind;
  /** How often that happened. */
  readonly count: number;
  /** Words of the text where it happened first. */
  readonly near: string;
}

export type Platform = 'android' | 'ios' | 'harmonyos';

/** How far a statement reaches; null where the text does not say. */
export interface Scope {
  /** The only systems that it holds on. */
  readonly platforms: readonly Platform[] | null;
  /** Whether the user may refuse it (可选), or not (必选). */
  readonly optional: boolean | null;
}

/** The words that name a data type. */
export interface LabelStatement extends Scope {
  readonly data_type: string;
  /** An exact substring of the policy's text. */
  readonly text: string;
}

export interface FirstPartyStatement extends Partial<Scope> {
  readonly data_type: string;
  /** An exact substring of the policy's text. */
  readonly quote: string;
  /** The words of the quote that name the data type. */
  readonly text?: string;
  readonly umbrella?: boolean;
}

export interface SdkStatement {
  /** As written. */
  readonly name: string;
  readonly vendor: string | null;
  readonly function: string | null;
  readonly data_types: readonly string[];
  /** The ids of `data_types` that are generic terms. */
  readonly umbrella: readonly string[];
  readonly data_text: string | null;
  /** Where `data_types` come from, in the order of the text: each type once for every wording and scope. */
  readonly labels?: readonly LabelStatement[];
  /** The only systems that the SDK is used on; null where the text does not say. */
  readonly platforms?: readonly Platform[] | null;
  readonly link: string | null;
  /** The package name that a field of the entry gives, such as com.example.sdk. */
  readonly package?: string | null;
  /** An exact substring of the policy's text: where the entry starts. */
  readonly quote: string;
  /** Id of the SDK's signature; null when none is certain. */
  readonly signature: string | null;
}
