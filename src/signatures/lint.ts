import { isDeepStrictEqual } from 'node:util';
import { parse } from 'tldts';
import type { Taxonomy } from '../model/data-type.ts';
import type { HostRule, Signature, Vendor } from '../model/signature.ts';

/** Something a signature may not do, with the place in its file. */
export interface SignatureProblem {
  readonly signature: string;
  readonly place: string;
  readonly problem: string;
}

/** How many URLs each signature must show that it matches, and that it misses. */
const SAMPLES_MIN = 2;

/** Checks everything that the schema cannot say, except the samples, which need the attribution itself. */
export function lintSignatures(signatures: readonly Signature[], taxonomy: Taxonomy): SignatureProblem[] {
  return [...signatures.flatMap((signature) => lintOne(signature, taxonomy)), ...ambiguousClaims(signatures)];
}

function lintOne(signature: Signature, taxonomy: Taxonomy): SignatureProblem[] {
  const problems: SignatureProblem[] = [];
  const say = (place: string, problem: string) => problems.push({ signature: signature.id, place, problem });

  const networked = signature.network !== 'none' && signature.network !== 'unknown';
  if ((signature.sources ?? []).length === 0) say('/sources', 'a source for the SDK as a whole is missing');
  if (!networked && signature.why === null) say('/why', `network is "${signature.network}" and nothing says why`);
  if (networked && signature.hosts.length === 0)
    say('/hosts', `network is "${signature.network}" and there is no host`);
  if (Number.isNaN(Date.parse(signature.checkedOn))) say('/checked_on', 'not a date');
  if (signature.hosts.length > 0) {
    if (signature.samples.match.length < SAMPLES_MIN) say('/samples/match', `fewer than ${SAMPLES_MIN} URLs`);
    if (signature.samples.miss.length < SAMPLES_MIN) say('/samples/miss', `fewer than ${SAMPLES_MIN} URLs`);
  } else if (signature.samples.match.length > 0) {
    say('/samples/match', 'there is no host that could match');
  }
  lintVendor(signature.vendor, say);
  signature.hosts.forEach((rule, at) => {
    if (rule.sources.length === 0) say(`/hosts/${at}/sources`, `${rule.host} has no source`);
    if (rule.confidence === 'low' && rule.sources.every(({ note }) => note === null))
      say(`/hosts/${at}/confidence`, `${rule.host} is of low confidence and no source has a note that says why`);
    const trouble = hostTrouble(rule);
    if (trouble !== null) say(`/hosts/${at}/host`, trouble);
  });
  signature.protocols.forEach((protocol, at) => {
    if (protocol.sources.length === 0) say(`/protocols/${at}/sources`, `${protocol.name} has no source`);
  });
  signature.formats?.forEach((format, at) => {
    if (format.sources.length === 0) say(`/formats/${at}/sources`, `“${format.format}” has no source`);
  });
  signature.fields.forEach((field, at) => {
    if (field.sources.length === 0) say(`/fields/${at}/sources`, `${field.path} has no source`);
    if (!taxonomy.has(field.dataType)) say(`/fields/${at}/data_type`, `${field.dataType} is no data type`);
  });
  return problems;
}

/** A vendor's name and seat are facts like any other: they have a source, or the signature says what could not be found. */
function lintVendor(vendor: Vendor, say: (place: string, problem: string) => void): void {
  const { name, country, domains, sources = [], checkedOn = null, unverified = null } = vendor;
  if (sources.length === 0 && unverified === null)
    say('/vendor/sources', `no source names ${name}, and “unverified” does not say what could not be found`);
  sources.forEach(({ ref, note }, at) => {
    if (!/^(?:https?:|github:)/.test(ref) && note === null)
      say(`/vendor/sources/${at}`, 'a source that names no page and no file needs a note that says what stands there');
  });
  if (country === null && unverified === null)
    say('/vendor/country', 'there is no country, and “unverified” does not say why');
  if (checkedOn === null) say('/vendor/checked_on', 'nothing says when the vendor was checked');
  else if (Number.isNaN(Date.parse(checkedOn))) say('/vendor/checked_on', 'not a date');
  domains.forEach((domain, at) => {
    if (parse(domain).domain !== domain) say(`/vendor/domains/${at}`, `${domain} is no registrable domain`);
  });
}

/** What is wrong with the host of a rule; null when nothing is. */
function hostTrouble(rule: HostRule): string | null {
  if (rule.host === '*') {
    const parameters = Object.keys(rule.parameters).length + Object.keys(rule.headers).length;
    return rule.paths.length > 0 && parameters > 0
      ? null
      : 'a rule for any host needs a path and a parameter or header';
  }
  const bare = rule.host.replace(/^\*\./, '');
  const { domain, isIcann, isPrivate } = parse(bare, { allowPrivateDomains: true });
  if (!isIcann && !isPrivate) return `${bare} is below no known top-level domain`;
  if (domain === null) return `${bare} is wider than a registrable domain`;
  return null;
}

/** Pairs of signatures whose rules hold for the same requests with nothing to rank them by. */
function ambiguousClaims(signatures: readonly Signature[]): SignatureProblem[] {
  const problems: SignatureProblem[] = [];
  const byHost = new Map<string, { signature: Signature; rule: HostRule; at: number }[]>();
  for (const signature of signatures) {
    signature.hosts.forEach((rule, at) => {
      const others = byHost.get(rule.host) ?? [];
      for (const other of others) {
        const same = other.signature === signature;
        if (same ? !isDeepStrictEqual(conditionsOf(rule), conditionsOf(other.rule)) : !conflict(rule, other.rule))
          continue;
        problems.push({
          signature: signature.id,
          place: `/hosts/${at}`,
          problem: same
            ? `${rule.host} is claimed twice, as in /hosts/${other.at}`
            : `${rule.host} is claimed in the same way by ${other.signature.id} (/hosts/${other.at}); tell them apart by conditions or priority`,
        });
      }
      byHost.set(rule.host, [...others, { signature, rule, at }]);
    });
  }
  return problems;
}

/** Two rules for one host quarrel when priority does not rank them and no condition keeps them apart. */
function conflict(a: HostRule, b: HostRule): boolean {
  if (a.priority !== b.priority) return false;
  if (conditionKinds(a) !== conditionKinds(b)) return false;
  if (a.ports.length > 0 && !a.ports.some((port) => b.ports.includes(port))) return false;
  if (a.methods.length > 0 && !a.methods.some((method) => b.methods.includes(method))) return false;
  for (const kind of ['headers', 'parameters'] as const) {
    const [ofA, ofB] = [a[kind], b[kind]];
    // Different patterns for one name are taken to be different values; a pattern that is not is the author's to rank.
    if (Object.keys(ofA).some((name) => ofB[name] !== undefined && ofB[name] !== ofA[name])) return false;
  }
  return a.paths.length === 0 || a.paths.some((one) => b.paths.some((other) => overlap(one, other)));
}

function conditionsOf({ ports, paths, methods, headers, parameters }: HostRule): object {
  return { ports, paths, methods, headers, parameters };
}

/** Rules with other kinds of conditions are ranked by their number and order of tests; the same kinds must differ in value. */
function conditionKinds(rule: HostRule): number {
  const kinds = [rule.ports, rule.paths, rule.methods, Object.keys(rule.headers), Object.keys(rule.parameters)];
  return kinds.filter((kind) => kind.length > 0).length;
}

function overlap(a: string, b: string): boolean {
  if (a.startsWith('^') || b.startsWith('^')) return a === b || matchesPrefix(a, b) || matchesPrefix(b, a);
  return a.startsWith(b) || b.startsWith(a);
}

function matchesPrefix(pattern: string, path: string): boolean {
  return pattern.startsWith('^') && !path.startsWith('^') && new RegExp(pattern).test(path);
}
