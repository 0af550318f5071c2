import { basename } from 'node:path';
import { operatorError } from '../model/errors.ts';
import type { Confidence, HostRule, Signature, Source, Vendor } from '../model/signature.ts';
import type { JsonFile } from './folder.ts';
import { patternTrouble } from './pattern-trouble.ts';
import type { Schemas } from './schema.ts';

type SourceEntry = string | { readonly ref: string; readonly note: string };

/** One file of signatures/sdks/, as its schema allows it. */
interface SignatureEntry {
  readonly id: string;
  readonly name: string;
  readonly names: Signature['names'];
  readonly aliases: readonly string[];
  readonly unlike?: readonly string[];
  readonly packages: readonly string[];
  readonly vendor: {
    readonly name: string;
    readonly group?: string | null;
    readonly also?: readonly string[];
    readonly country: string | null;
    readonly domains: readonly string[];
    readonly sources?: readonly SourceEntry[];
    readonly checked_on?: string;
    readonly unverified?: string | null;
  };
  readonly category: string;
  readonly network: Signature['network'];
  readonly why?: string | null;
  readonly hosts: readonly RuleEntry[];
  readonly not_claimed?: Signature['notClaimed'];
  readonly protocols?: readonly { name: string; ports: readonly number[]; sources: readonly SourceEntry[] }[];
  readonly formats?: readonly {
    format: string;
    protection: string | null;
    note?: string | null;
    sources: readonly SourceEntry[];
  }[];
  readonly fields?: readonly { path: string; data_type: string; because: string; sources: readonly SourceEntry[] }[];
  readonly codec?: string | null;
  readonly opaque?: string | null;
  readonly sources: readonly SourceEntry[];
  readonly checked_on: string;
  readonly samples: Signature['samples'];
}

interface RuleEntry {
  readonly host: string;
  readonly except?: readonly string[];
  readonly ports?: readonly number[];
  readonly paths?: readonly string[];
  readonly methods?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly confidence: Confidence;
  readonly sources: readonly SourceEntry[];
  readonly priority?: number;
}

/**
 * Reads one signature.
 *
 * @throws TelltaleError `signature-invalid` for a file that does not fit the schema, whose name is not its id, or that holds a
 * pattern that is no regular expression.
 */
export function parseSignature(file: JsonFile, schemas: Schemas): Signature {
  schemas.check('sdk', file);
  const entry = file.value as SignatureEntry;
  if (basename(file.path, '.json') !== entry.id) {
    throw invalid(file, '/id', `the name of the file expected (${basename(file.path, '.json')})`);
  }
  return {
    id: entry.id,
    name: entry.name,
    names: entry.names,
    aliases: entry.aliases,
    unlike: entry.unlike ?? [],
    packages: entry.packages,
    vendor: parseVendor(entry.vendor),
    category: entry.category,
    network: entry.network,
    why: entry.why ?? null,
    hosts: entry.hosts.map((rule, place) => parseRule(file, rule, place)),
    notClaimed: entry.not_claimed ?? [],
    protocols: (entry.protocols ?? []).map((protocol) => ({ ...protocol, sources: sources(protocol.sources) })),
    formats: (entry.formats ?? []).map((format) => ({
      ...format,
      note: format.note ?? null,
      sources: sources(format.sources),
    })),
    fields: (entry.fields ?? []).map((field) => ({
      path: field.path,
      dataType: field.data_type,
      because: field.because,
      sources: sources(field.sources),
    })),
    codec: entry.codec ?? null,
    opaque: entry.opaque ?? null,
    sources: sources(entry.sources),
    checkedOn: entry.checked_on,
    samples: entry.samples,
  };
}

function parseVendor(vendor: SignatureEntry['vendor']): Vendor {
  return {
    name: vendor.name,
    group: vendor.group ?? null,
    also: vendor.also ?? [],
    country: vendor.country,
    domains: vendor.domains,
    sources: sources(vendor.sources ?? []),
    checkedOn: vendor.checked_on ?? null,
    unverified: vendor.unverified ?? null,
  };
}

function parseRule(file: JsonFile, rule: RuleEntry, place: number): HostRule {
  const headers = Object.fromEntries(
    Object.entries(rule.headers ?? {}).map(([name, pattern]) => [name.toLowerCase(), pattern]),
  );
  const parameters = rule.parameters ?? {};
  const paths = rule.paths ?? [];
  const patterns = [
    ...paths.map((path, at) => [`paths/${at}`, path] as const).filter(([, path]) => path.startsWith('^')),
    ...Object.entries(headers).map(([name, pattern]) => [`headers/${name}`, pattern] as const),
    ...Object.entries(parameters).map(([name, pattern]) => [`parameters/${name}`, pattern] as const),
  ];
  for (const [where, pattern] of patterns) {
    const trouble = patternTrouble(pattern);
    if (trouble !== null) throw invalid(file, `/hosts/${place}/${where}`, trouble);
  }
  return {
    host: rule.host,
    except: rule.except ?? [],
    ports: rule.ports ?? [],
    paths,
    methods: rule.methods ?? [],
    headers,
    parameters,
    confidence: rule.confidence,
    sources: sources(rule.sources),
    priority: rule.priority ?? 0,
  };
}

function sources(entries: readonly SourceEntry[]): Source[] {
  return entries.map((entry) => (typeof entry === 'string' ? { ref: entry, note: null } : entry));
}

function invalid(file: JsonFile, place: string, expected: string): Error {
  return operatorError('signature-invalid', { path: file.path, place, expected });
}
