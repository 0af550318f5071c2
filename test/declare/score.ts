import type { Declaration, SdkStatement } from '../../src/model/declaration.ts';

/** A declaration made by hand. `ambiguous` and `umbrella` ids are neither asked for nor refused. */
export interface GoldPolicy {
  readonly file: string;
  readonly app?: string | null;
  readonly company?: string | null;
  readonly updated?: string | null;
  readonly language?: readonly string[];
  readonly sdks: readonly GoldSdk[];
  readonly first_party: readonly { readonly data_type: string; readonly umbrella?: boolean }[];
  readonly first_party_ambiguous?: readonly (string | { readonly data_type: string })[];
  readonly storage?: { readonly mainland_only?: boolean | null; readonly cross_border?: string | null };
}

interface GoldSdk {
  readonly name: string;
  readonly data_types: readonly string[];
  readonly umbrella?: readonly string[];
  readonly ambiguous?: readonly string[];
  readonly link?: string | null;
  readonly same_as?: number;
  readonly status?: string;
  readonly kind?: string;
}

export interface Score {
  /** Everything but first-party statements that differs from the gold. */
  readonly problems: readonly string[];
  /** F1 over first-party data types. */
  readonly firstParty: number;
  readonly firstPartyMissing: readonly string[];
  readonly firstPartyExtra: readonly string[];
}

const key = (name: string) =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/sdk|[\s\p{P}|]+/gu, '');

/** Compares a declaration with the gold, entry by entry; names must agree but for case, spaces and the word SDK. */
export function score(gold: GoldPolicy, got: Declaration, source: string): Score {
  const problems: string[] = [];
  const left = [...got.sdks];
  for (const wanted of gold.sdks) {
    const optional = wanted.status !== undefined || wanted.same_as !== undefined || (wanted.kind ?? 'sdk') !== 'sdk';
    const index = left.findIndex((one) => key(one.name) === key(wanted.name));
    const found = index === -1 ? undefined : left.splice(index, 1)[0];
    if (found === undefined) {
      if (!optional) problems.push(`${wanted.name}: missing`);
    } else problems.push(...differences(wanted, found));
  }
  problems.push(...left.map((one) => `${one.name}: not in the text`));
  for (const quote of quotesOf(got))
    if (!source.includes(quote) || quote === '') problems.push(`no such words: ${quote}`);
  for (const fact of ['app', 'company', 'updated'] as const) {
    if (gold[fact] !== undefined && got[fact] !== gold[fact]) problems.push(`${fact}: ${got[fact]}, not ${gold[fact]}`);
  }
  if (gold.language !== undefined && got.language.join() !== gold.language.join())
    problems.push(`language: ${got.language.join()}`);
  for (const fact of ['mainland_only', 'cross_border'] as const) {
    const wanted = gold.storage?.[fact];
    if (wanted !== undefined && got.storage[fact] !== wanted)
      problems.push(`${fact}: ${got.storage[fact]}, not ${wanted}`);
  }
  return { problems, ...firstPartyScore(gold, got) };
}

function differences(wanted: GoldSdk, found: SdkStatement): string[] {
  const neutral = new Set([...(wanted.umbrella ?? []), ...(wanted.ambiguous ?? [])]);
  const missing = wanted.data_types.filter((id) => !neutral.has(id) && !found.data_types.includes(id));
  const extra = found.data_types.filter((id) => !neutral.has(id) && !wanted.data_types.includes(id));
  return [
    ...(missing.length > 0 ? [`${wanted.name}: without ${missing.join(' ')}`] : []),
    ...(extra.length > 0 ? [`${wanted.name}: with ${extra.join(' ')}`] : []),
    ...(wanted.link && found.link !== wanted.link ? [`${wanted.name}: link ${found.link}`] : []),
  ];
}

function quotesOf(got: Declaration): string[] {
  const all = [
    ...got.first_party.map((one) => one.quote),
    ...got.sdks.map((one) => one.quote),
    got.storage.quote,
    got.retention.quote,
  ];
  return all.filter((quote) => quote !== null);
}

function firstPartyScore(
  gold: GoldPolicy,
  got: Declaration,
): Pick<Score, 'firstParty' | 'firstPartyMissing' | 'firstPartyExtra'> {
  const neutral = new Set([
    ...(gold.first_party_ambiguous ?? []).map((one) => (typeof one === 'string' ? one : one.data_type)),
    ...gold.first_party.filter((one) => one.umbrella).map((one) => one.data_type),
  ]);
  const wanted = gold.first_party.map((one) => one.data_type).filter((id) => !neutral.has(id));
  const found = got.first_party.map((one) => one.data_type).filter((id) => !neutral.has(id));
  const firstPartyMissing = wanted.filter((id) => !found.includes(id));
  const firstPartyExtra = found.filter((id) => !wanted.includes(id));
  const right = wanted.length - firstPartyMissing.length;
  const all = wanted.length + found.length;
  return { firstParty: all === 0 ? 1 : (2 * right) / all, firstPartyMissing, firstPartyExtra };
}
