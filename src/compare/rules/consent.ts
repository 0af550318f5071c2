import { readableTime } from '../../model/clock.ts';
import type { Taxonomy } from '../../model/data-type.ts';
import { typeName } from '../../model/type-name.ts';
import { type Decider, isThirdParty, noteSays, shownBy } from './rule-context.ts';

/** R1: in a request before the first mark of consent or refusal. */
export const beforeConsent: Decider = ({ findings, language }) => {
  const early = findings.filter(({ phase }) => phase === 'before-consent');
  return shownBy(early, { first: early[0] === undefined ? '' : readableTime(early[0].observedAt, language) });
};

/** R2: the tester noted that no policy was shown; whatever goes out before a consent is then without notice. */
export const nothingShown: Decider = ({ findings, marks }) =>
  marks.some((mark) => noteSays(mark, 'policy-not-shown') !== null)
    ? shownBy(findings.filter(({ phase }) => phase !== 'after-consent'))
    : null;

/** R5: straight from the app to somebody else, undisclosed or outside consent. */
export const thirdPartyWithoutConsent: Decider = ({ findings, party, verdict }) => {
  if (!isThirdParty(party)) return null;
  const undisclosed = verdict.verdict === 'undeclared-recipient';
  return shownBy(
    findings.filter(({ phase }) => undisclosed || phase === 'before-consent' || phase === 'refused'),
    { transforms: verdict.transforms.join(', ') },
  );
};

/** R9: after a refusal that no later consent took back. */
export const afterRefusal: Decider = ({ findings }) => shownBy(findings.filter(({ phase }) => phase === 'refused'));

/** Kinds of SDK that target people; a first party may need its identifiers for other things. */
const TARGETING = /ad|push|analytic|statistic|attribution|recommend|marketing/i;

/** R10: identifiers or a profile to somebody who targets, after personalisation was switched off. */
export const afterOptOut: Decider = ({ findings, party, marks, verdict, taxonomy }) => {
  const off = marks.find((mark) => noteSays(mark, 'opt-out') !== null);
  if (off === undefined || !isThirdParty(party)) return null;
  const targets = party.signature === null || TARGETING.test(party.signature.category);
  const identifies =
    taxonomy.get(verdict.data_type)?.class === 'id' || ['user_profile', 'ad_data'].includes(verdict.data_type);
  return targets && identifies ? shownBy(findings.filter(({ observedAt }) => observedAt >= off.at)) : null;
};

/** R14: sensitive data without a separate consent before it. */
export const sensitive: Decider = ({ findings, marks, verdict, taxonomy }) => {
  if (taxonomy.get(verdict.data_type)?.sensitive !== true) return null;
  const consents = marks.filter((mark) => {
    const to = noteSays(mark, 'separate-consent');
    return to === '' || (to !== null && namesType(to, verdict.data_type, taxonomy));
  });
  return shownBy(findings.filter(({ observedAt }) => !consents.some(({ at }) => at <= observedAt)));
};

/** Whether a tester's list of data types has this one: by id, or by its name in either language. */
function namesType(list: string, dataType: string, taxonomy: Taxonomy): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/(?<=.)信息$|\s/g, '');
  const names = [dataType, typeName(taxonomy, dataType, 'zh'), typeName(taxonomy, dataType, 'en')].map(plain);
  return list.split(/[,，、;；]|\band\b|和/).some((one) => names.includes(plain(one)));
}
