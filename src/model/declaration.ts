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
