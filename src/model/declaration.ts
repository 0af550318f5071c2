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
}

export interface FirstPartyStatement {
  readonly data_type: string;
  /** An exact substring of the policy's text. */
  readonly quote: string;
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
  readonly link: string | null;
  /** An exact substring of the policy's text: where the entry starts. */
  readonly quote: string;
  /** Id of the SDK's signature; null when none is certain. */
  readonly signature: string | null;
}
