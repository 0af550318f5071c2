import { covers } from '../../model/data-type.ts';
import type { Language } from '../../model/language.ts';
import { typeName } from '../../model/type-name.ts';
import { type Decider, isThirdParty, shownBy } from './rule-context.ts';

/** R3: the recipient is in the policy, the type is not. */
export const typeUndisclosed: Decider = ({ findings, verdict }) =>
  verdict.verdict === 'undeclared' ? shownBy(findings) : null;

/** R4: the recipient is not in the policy. */
export const recipientUndisclosed: Decider = ({ findings, verdict }) =>
  verdict.verdict === 'undeclared-recipient' ? shownBy(findings) : null;

/** R8: the kind of app does not need the type. What is not personal information is nobody's business. */
export const unnecessary: Decider = ({ findings, verdict, category, taxonomy, language }) => {
  if (category === null || taxonomy.get(verdict.data_type)?.class === 'non') return null;
  if (category.necessary.some((id) => covers(taxonomy, id, verdict.data_type))) return null;
  // The regulation's own words in Chinese; in English the data types that they stand for.
  const words =
    language === 'zh' ? category.necessaryText : category.necessary.map((id) => typeName(taxonomy, id, 'en'));
  return shownBy(findings, {
    category: category.names[language],
    necessary: words.join(language === 'zh' ? '；' : ', ') || (language === 'zh' ? '无须个人信息' : 'nothing'),
  });
};

/** R15: the policy's list of third parties lacks what was seen, or has it only under a broader name. */
export const listMismatch: Decider = ({ findings, verdict, party, language }) => {
  if (!isThirdParty(party)) return null;
  const listed = LISTED[verdict.verdict]?.[language];
  return listed === undefined ? null : shownBy(findings, { listed });
};

const LISTED: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  undeclared: { zh: '未列出该信息类型', en: 'not in its entry' },
  'undeclared-recipient': { zh: '未列出该接收方', en: 'in no entry, as the recipient has none' },
  vague: { zh: '仅以笼统名称列出', en: 'only listed under a broader term' },
};
