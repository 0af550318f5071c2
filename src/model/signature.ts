/** Where a fact was read. */
export interface Source {
  /** A public URL, or `github:owner/repo@commit:path`. */
  readonly ref: string;
  readonly note: string | null;
}

export type Confidence = 'high' | 'medium' | 'low';

/** One way a request can belong to an SDK. All conditions given must hold. */
export interface HostRule {
  /**
   * A host name; `*.example.com` for every name below example.com (not itself); or `*` for any host, where the SDK is installed on
   * its customers' servers and path and parameters tell it.
   */
  readonly host: string;
  /** Host names below the suffix that are not the SDK's: the vendor's consoles and sites. */
  readonly except?: readonly string[];
  readonly ports: readonly number[];
  /** Path prefixes that end at a word's end, or regular expressions that start with `^`; empty: any path. */
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

/** What is known about the form of an SDK's messages, in words. */
export interface WireFormat {
  readonly format: string;
  /** Encryption or encoding beyond TLS; null when there is none. */
  readonly protection: string | null;
  readonly note: string | null;
  readonly sources: readonly Source[];
}

/** What a field of this SDK's traffic carries. */
export interface FieldHint {
  readonly path: string;
  readonly dataType: string;
  readonly because: string;
  readonly sources: readonly Source[];
}

/** Who makes an SDK. */
export interface Vendor {
  /** The company that operates it, as its own pages, its licence or policies name it; not the group that owns the company. */
  readonly name: string;
  /** The group that owns its domains, where several companies of the group run SDKs; null when that is the company itself. */
  readonly group?: string | null;
  /** Other companies and brands that policies name in its place: sisters, the owner, former names. */
  readonly also?: readonly string[];
  /** ISO 3166-1 alpha-2 of the company's seat; null when no source names it. */
  readonly country: string | null;
  /** Registrable domains that it owns. */
  readonly domains: readonly string[];
  /** Where the company is named. */
  readonly sources?: readonly Source[];
  /** ISO date on which name and country were held against the sources. */
  readonly checkedOn?: string | null;
  /** What of this could not be found in a public page or a policy; null when all was. */
  readonly unverified?: string | null;
}

/** What identifies an SDK on the wire, with the source of each fact: one file of signatures/sdks/. */
export interface Signature {
  readonly id: string;
  readonly name: string;
  readonly names: { readonly zh: string | null; readonly en: string | null };
  /**
   * As policies write it: other spellings, products of the same SDK. One that is also a common word or part of other names is
   * written `=Branch`: it names the SDK only when nothing else stands beside it.
   */
  readonly aliases: readonly string[];
  /** Names of other things that contain one of ours (企业微信 holds 微信): they never mean this SDK. */
  readonly unlike?: readonly string[];
  /** Package prefixes of its classes: `com.umeng`. */
  readonly packages: readonly string[];
  readonly vendor: Vendor;
  readonly category: string;
  /** none: it has no traffic of its own; unknown: its hosts could not be sourced; `why` says so. */
  readonly network: 'https' | 'http' | 'mixed' | 'none' | 'unknown';
  readonly why: string | null;
  readonly hosts: readonly HostRule[];
  /** Hosts, with or without a path, that are known of this SDK and that no rule of it claims, each with the reason. */
  readonly notClaimed?: readonly { readonly what: string; readonly because: string }[];
  /** Push long connections and the like: SNI or address only. */
  readonly protocols: readonly {
    readonly name: string;
    readonly ports: readonly number[];
    readonly sources: readonly Source[];
  }[];
  readonly formats?: readonly WireFormat[];
  readonly fields: readonly FieldHint[];
  /** Name of the codec that opens its bodies; null when none is needed or known. */
  readonly codec: string | null;
  /** Why its bodies cannot be read by anyone but the vendor; null when they can. */
  readonly opaque: string | null;
  /** Sources of what is said about the SDK as a whole. */
  readonly sources?: readonly Source[];
  /** ISO date. */
  readonly checkedOn: string;
  readonly samples: { readonly match: readonly string[]; readonly miss: readonly string[] };
}
