import { countryName } from '../../model/country-name.ts';
import type { Finding } from '../../model/finding.ts';
import type { Language } from '../../model/language.ts';
import type { Rule } from '../../model/rule.ts';
import { typeName } from '../../model/type-name.ts';
import type { Judged } from '../verdicts.ts';
import { type Decider, type RuleCase, shownBy } from './rule-context.ts';

/** R11: over http or ws. */
export const cleartext: Decider = ({ findings, index }) => {
  const open = index.inClear(findings);
  return shownBy(open, { hosts: [...new Set(open.map(({ host }) => host))].sort().join(', ') });
};

/** Countries that a transfer may go to without crossing the border that the profile guards, as ISO 3166 codes. */
const WITHIN: Readonly<Record<Rule['profile'], ReadonlySet<string>>> = {
  // The mainland alone: Hong Kong, Macao and Taiwan count as abroad (境外) in the rules on transfers.
  cn: new Set(['CN']),
  // The European Economic Area.
  gdpr: new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ')),
};

/** R12: to a server abroad, while the policy promises otherwise or says nothing of transfers. */
export const crossBorder: Decider = ({ findings, party, index, declaration, rule, language }) => {
  const storage = declaration?.storage ?? null;
  const disclosed = storage?.cross_border === 'yes' || storage?.cross_border === 'with_consent';
  if (disclosed && storage.mainland_only !== true) return null;
  // Half a million findings need no look each when none of the party's servers stands abroad.
  if (party.traffic.countries.every((country) => WITHIN[rule.profile].has(country))) return null;
  const countries = new Set<string>();
  const abroad = findings.filter((finding) => {
    const country = index.countryOf(finding.exchange);
    if (country === null || WITHIN[rule.profile].has(country)) return false;
    countries.add(country);
    return true;
  });
  const kept = storage?.mainland_only === true || storage?.cross_border === 'none';
  const names = [...countries].sort().map((code) => countryName(code, language));
  const statement = STATEMENTS[declaration === null ? 'unknown' : kept ? 'kept' : 'silent'][language];
  return shownBy(abroad, { countries: names.join(language === 'zh' ? '、' : ', '), statement });
};

const STATEMENTS = {
  kept: { zh: '声明个人信息存储在境内', en: 'says that data stay within the territory' },
  silent: { zh: '未声明出境情况', en: 'does not disclose the transfer' },
  unknown: { zh: '未提供', en: 'was not given' },
} as const;

/** Identifiers that a user can reset. */
const RESETTABLE: ReadonlySet<string> = new Set(['oaid', 'gaid', 'idfa', 'aaid', 'advertising_id']);

/** R13: an identifier for life, to an advertiser or side by side with a resettable one. */
export const immutableIdentifier: Decider = ({ findings, party, verdict, companions, taxonomy, language }) => {
  if (taxonomy.get(verdict.data_type)?.immutable !== true) return null;
  const advertises = /\bads?\b|advert|广告/i.test(party.signature?.category ?? '');
  const joined = new Set<string>();
  const beside = findings.filter((finding) => {
    const types = companions(finding);
    for (const type of types) joined.add(type);
    return types.length > 0;
  });
  const shown = advertises ? findings : beside;
  const names = [...joined].sort().map((id) => typeName(taxonomy, id, language));
  return shownBy(shown, { joined: joinedWords(names, advertises, language) });
};

/** Finds the resettable identifiers that travelled in the same request as a finding; messages of one conversation are requests of their own. */
export function resettableCompanions(judged: readonly Judged[]): RuleCase['companions'] {
  const byRequest = new Map<number | string, readonly string[]>();
  const requestOf = ({ exchange, message }: Finding) => (message === null ? exchange : `${exchange} ${message}`);
  for (const { verdict, findings } of judged) {
    if (!RESETTABLE.has(verdict.data_type)) continue;
    const alone = [verdict.data_type];
    for (const request of new Set(findings.map(requestOf))) {
      const others = byRequest.get(request);
      byRequest.set(request, others === undefined ? alone : [...others, verdict.data_type]);
    }
  }
  if (byRequest.size === 0) return () => NONE;
  return (finding) => byRequest.get(requestOf(finding)) ?? NONE;
}

const NONE: readonly string[] = [];

function joinedWords(names: readonly string[], advertises: boolean, language: Language): string {
  if (language === 'zh') {
    const list = names.length === 0 ? '' : `与可变更的标识（${names.join('、')}）一同`;
    return `${list}${advertises && names.length === 0 ? '被广告类SDK获取，' : ''}`;
  }
  if (names.length === 0) return 'as an advertising SDK';
  return `together with a resettable one (${names.join(', ')})`;
}
