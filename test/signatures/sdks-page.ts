import { SIMULATORS } from '../../src/audit/simulators/all.ts';
import type { Taxonomy } from '../../src/model/data-type.ts';
import type { HostRule, Signature, Source, Vendor } from '../../src/model/signature.ts';
import { audited, PHONE } from '../simulators/audited.ts';

/** The SDKs that the five policies in view name. */
const SEEDS = (
  'alibaba-security-guard wechat-opensdk tencent-mta oppo-push amap umeng facebook-stetho huawei-hms-push mob-sharesdk alipay ' +
  'xiaomi-push getui tencent-bugly baidu-map-location xylink tencent-x5-tbs huawei-cloud-meeting suwell-ofd zxing matisse ' +
  'pldroid-player pingan-paface-paspeech kinggrid-iapppdf jpush meizu-flyme-push vivo-push qq-connect dingtalk-share tencent-location'
).split(' ');

/** Writes docs/sdks.md from the signatures and from what the audit finds in simulated traffic. */
export function sdksPage(signatures: readonly Signature[], taxonomy: Taxonomy): string {
  const byId = new Map(signatures.map((signature) => [signature.id, signature]));
  const seeds = SEEDS.map((id) => byId.get(id) as Signature);
  const networked = signatures.filter(({ network }) => network !== 'none' && network !== 'unknown').length;
  const unverified = signatures.filter(({ vendor }) => (vendor.unverified ?? null) !== null);
  return `# SDKs

This page is made from \`signatures/sdks/\` and from the simulators; change those and accept the page with
\`npm test -- test/signatures -u\`. How a signature is written: [signatures.md](signatures.md).

telltale knows ${signatures.length} SDKs; ${networked} of them have traffic of their own. No host was seen on a live wire here: each is a literal in
public code (most often a decompiled app), in the vendor's documents, or in a list of tracking hosts, and says which.

Who makes an SDK is a fact with a source too: the company is named in a real policy's list of SDKs, in the vendor's own pages or licence, or
in a register of tracking companies. Of ${signatures.length - unverified.length} vendors company and seat are named there; of ${unverified.length} something could not be found, and their
entries say what: ${unverified.map(({ id }) => `[${id}](#${id})`).join(', ')}.

## The SDKs of the policies in view

What was found in simulation is what the audit shows of a request built as public code says; “nothing to find” means that what is
known of the SDK's requests carries no identifier of the device.

| SDK | signature | vendor | network | hosts | form | found in simulation | sources |
|---|---|---|---|---|---|---|---|
${seeds.map(seedRow).join('\n')}

## All SDKs

${signatures.map((signature) => section(signature, taxonomy)).join('\n\n')}
`;
}

function seedRow(signature: Signature): string {
  const { id, name, vendor, network, why, formats } = signature;
  const forms = (formats ?? []).map(({ format }) => format).join('; ');
  return row([
    name,
    `[${id}](#${id})`,
    vendorInShort(vendor),
    network === 'none' || network === 'unknown' ? `${network}: ${why}` : network,
    signature.hosts.length === 0 ? 'none' : hostsInShort(signature.hosts),
    forms === '' ? `not public${signature.opaque === null ? '' : `: ${signature.opaque}`}` : forms,
    simulation(signature),
    sourcesInShort(signature),
  ]);
}

function simulation({ id, network }: Signature): string {
  const simulate = SIMULATORS[id];
  if (simulate === undefined)
    return network === 'unknown' ? 'not simulated: its traffic is unknown' : 'not simulated: no traffic of its own';
  const requests = simulate(PHONE);
  const sent = new Set(requests.flatMap(({ identifiersSent }) => identifiersSent.map(({ dataType }) => dataType)));
  const found = new Set(requests.flatMap((request) => [...audited(request).found]));
  const opaque = requests.flatMap((request) =>
    request.opaque === null ? [] : [`reported as opaque: ${request.opaque}`],
  );
  const shown = [...sent]
    .filter((type) => found.has(type))
    .sort()
    .join(', ');
  return [shown, ...opaque].filter((part) => part !== '').join('; ') || 'nothing to find';
}

function section(signature: Signature, taxonomy: Taxonomy): string {
  const { id, name, names, vendor, category, network, why, opaque, codec, hosts, fields, formats } = signature;
  const { protocols, notClaimed = [] } = signature;
  const also = [names.zh, names.en].filter((text) => text !== null && text !== name).join(', ');
  const carries = [...new Set(fields.map(({ dataType }) => dataType))].map(
    (type) => taxonomy.get(type)?.names.en ?? type,
  );
  const lines = [
    `- ${vendorInShort(vendor)}; ${category}; network: ${network}${why === null ? '' : `. ${why}`}`,
    vendorCheck(vendor),
    hosts.length === 0 ? '' : `- hosts: ${hosts.map(hostInWords).join(', ')}`,
    ...notClaimed.map(({ what, because }) => `- not claimed: \`${what}\`. ${because}`),
    protocols.length === 0
      ? ''
      : `- beside HTTP: ${protocols.map((one) => `${one.name} (port ${one.ports.join(', ')})`).join('; ')}`,
    (formats ?? []).length === 0
      ? ''
      : `- form: ${(formats ?? []).map(({ format, protection }) => (protection === null ? format : `${format}; protection: ${protection}`)).join(' / ')}`,
    carries.length === 0 ? '' : `- carries: ${carries.join(', ')}`,
    codec === null ? '' : `- opened by the codec \`${codec}\``,
    opaque === null ? '' : `- unreadable: ${opaque}`,
    `- sources: ${sourcesInShort(signature)}`,
  ];
  return `### ${id}\n\n**${text(name)}**${also === '' ? '' : ` (${text(also)})`}\n\n${lines
    .filter((line) => line !== '')
    .map(text)
    .join('\n')}`;
}

function vendorInShort({ name, group = null, country }: Vendor): string {
  const facts = [group, country].filter((fact) => fact !== null).join(', ');
  return facts === '' ? name : `${name} (${facts})`;
}

/** What the vendor's name and seat rest on, and what of them could not be found. */
function vendorCheck({ also = [], sources = [], checkedOn = null, unverified = null }: Vendor): string {
  const names = also.length === 0 ? '' : `; also named: ${also.join(', ')}`;
  const places = sources.map(({ ref, note }) =>
    note === null ? placeOf({ ref, note }) : `${placeOf({ ref, note })} (${note})`,
  );
  const rest = places.length === 0 ? 'no source' : [...new Set(places)].join(', ');
  return `- vendor checked on ${checkedOn}: ${rest}${names}${unverified === null ? '' : `. Not verified: ${unverified}`}`;
}

function hostInWords({ host, paths, ports, methods, parameters, headers, except }: HostRule): string {
  const conditions = [
    methods.join(' or '),
    paths.length > 0 ? paths.map((path) => `\`${path}\``).join(' ') : '',
    ports.length > 0 ? `port ${ports.join(' ')}` : '',
    ...Object.entries(parameters).map(([name, pattern]) => `\`${name}=${pattern}\``),
    ...Object.keys(headers).map((name) => `header ${name}`),
    except !== undefined && except.length > 0 ? `not ${except.join(' ')}` : '',
  ].filter((condition) => condition !== '');
  return conditions.length === 0 ? `\`${host}\`` : `\`${host}\` (${conditions.join(', ')})`;
}

function hostsInShort(hosts: readonly HostRule[]): string {
  const shown = hosts.slice(0, 4).map(({ host }) => `\`${host}\``);
  return hosts.length > shown.length ? `${shown.join(', ')} and ${hosts.length - shown.length} more` : shown.join(', ');
}

/** The repositories and pages that a signature rests on; the file of each fact stands in the signature itself. */
function sourcesInShort({ sources, hosts, fields }: Signature): string {
  const all = [
    ...(sources ?? []),
    ...hosts.flatMap((rule) => rule.sources),
    ...fields.flatMap((field) => field.sources),
  ];
  const places = [...new Set(all.map(placeOf))];
  const shown = places.slice(0, 6);
  return places.length > shown.length
    ? `${shown.join(', ')} and ${places.length - shown.length} more`
    : shown.join(', ');
}

function placeOf({ ref }: Source): string {
  return ref.startsWith('github:') ? (ref.slice('github:'.length).split('@')[0] as string) : ref;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => text(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Angle brackets of formats are no markup. */
function text(plain: string): string {
  return plain.replaceAll('<', '&lt;').replace(/\s+/g, ' ');
}
