/** Where a fact was read. */
export interface Source {
  /** A public URL, or `github:owner/repo@commit:path`. */
  readonly ref: string;
  readonly note: string | null;
}

export type Confidence = 'high' | 'medium' | 'low';

/** One way a request can belong to an SDK. All conditions given must hold. */
export interface HostRule {
  /** A host name, or `*.example.com` for every name below example.com (not itself). */
  readonly host: string;
  readonly ports: readonly number[];
  /** Path prefixes, or regular expressions between slashes; empty: any path. */
  readonly paths: readonly string[];
  readonly methods: readonly string[];
  /** Header name (lower case) → regular expression its value must match. */
  readonly headers: Readonly<Record<string, string>>;
  /** Query parameter → regular expression its value must match. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly confidence: Confidence;
  readonly sources: readonly Source[];
  /** Between signatures that claim the same request the higher one wins; 0 by default. */
  readonly priority: number;
}

/** What a field of this SDK's traffic carries. */
export interface FieldHint {
  readonly path: string;
  readonly dataType: string;
  readonly because: string;
  readonly sources: readonly Source[];
}

/** What identifies an SDK on the wire, with the source of each fact: one file of signatures/sdks/. */
export interface Signature {
  readonly id: string;
  readonly name: string;
  readonly names: { readonly zh: string | null; readonly en: string | null };
  /** As policies write it: other spellings, package prefixes (`com.umeng`), products of the same SDK. */
  readonly aliases: readonly string[];
  readonly packages: readonly string[];
  readonly vendor: { readonly name: string; readonly country: string | null; readonly domains: readonly string[] };
  readonly category: string;
  /** none: it has no traffic of its own; unknown: its hosts could not be sourced; `why` says so. */
  readonly network: 'https' | 'http' | 'mixed' | 'none' | 'unknown';
  readonly why: string | null;
  readonly hosts: readonly HostRule[];
  /** Push long connections and the like: SNI or address only. */
  readonly protocols: readonly {
    readonly name: string;
    readonly ports: readonly number[];
    readonly sources: readonly Source[];
  }[];
  readonly fields: readonly FieldHint[];
  /** Name of the codec that opens its bodies; null when none is needed or known. */
  readonly codec: string | null;
  readonly opaque: string | null;
  readonly checkedOn: string;
  readonly samples: { readonly match: readonly string[]; readonly miss: readonly string[] };
}
