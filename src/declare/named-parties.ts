import type { LineBlock } from './blocks.ts';
import { isGenericName } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { cut, type Passage, trim } from './passage.ts';
import type { ProseEntry } from './prose-entries.ts';
import { endOfData } from './said.ts';
import { hits } from './words.ts';

/**
 * Who stands in brackets behind the word for what they are, where the sentence says that an SDK is their means, or that they get data:
 * `终端设备制造商（甲、乙等）可能通过SDK等技术使用你的手机型号`.
 */
export function namedParties(one: LineBlock, line: number, reader: Reader): ProseEntry[] {
  const folded = fold(one.passage.text, reader.words);
  if (!/sdk|共享|委托|合作|第三方/.test(folded)) return [];
  const { partyInBrackets, partyPlain, partyBySdk, partyShared } = reader.words.patterns;
  return [...folded.matchAll(partyInBrackets), ...folded.matchAll(partyPlain)].flatMap((match) => {
    const { start, end } = sentenceAround(folded, match.index);
    const sentence = folded.slice(start, end);
    const list = match[1] as string;
    const from = match.index + match[0].lastIndexOf(list);
    const names = namesIn(one.passage, from, from + list.length, reader);
    const isKnown = (name: Passage) => hits(reader.words.patterns.knownSdk, fold(name.text, reader.words));
    const data = dataIn(one.passage, folded, start, match.index + match[0].length, end, reader);
    // Whoever is named without brackets is a party only where it is said what they get.
    const isToldOf = match[0].endsWith(')') ? hits(partyShared, sentence) : data.length > 0;
    if (!hits(partyBySdk, sentence) && !(isToldOf && names.some(isKnown))) return [];
    return names.map((name) => ({ draft: { name, fields: [], data }, line, lines: [line], isSentence: true as const }));
  });
}

function sentenceAround(folded: string, at: number): { readonly start: number; readonly end: number } {
  const end = folded.slice(at).search(/[。;]/);
  return {
    start: Math.max(folded.lastIndexOf('。', at), folded.lastIndexOf(';', at)) + 1,
    end: end === -1 ? folded.length : at + end + 1,
  };
}

function namesIn(passage: Passage, from: number, to: number, reader: Reader): Passage[] {
  const names: Passage[] = [];
  for (const match of passage.text.slice(from, to).matchAll(/[^、，,/和与及或]+/g)) {
    const item = trim(cut(passage, from + match.index, from + match.index + match[0].length));
    const name = trim(cut(item, 0, item.text.replace(/(?:等.*|其他.*)$/, '').length));
    const folded = fold(name.text, reader.words);
    const isName =
      name.text.length >= 2 &&
      name.text.length <= 20 &&
      !isGenericName(folded) &&
      !hits(reader.words.patterns.noParty, folded);
    if (isName && dataShare(folded, reader.lexicon) < 0.5) names.push(name);
  }
  return names;
}

/** What the sentence says they get, and the next one, where it goes on to speak of them. */
function dataIn(passage: Passage, folded: string, start: number, from: number, end: number, reader: Reader): Passage[] {
  const next = /^[^。;]{0,200}[。;]?/.exec(folded.slice(end))?.[0] ?? '';
  const to = /该等?|上述|此类|前述|第三方|合作伙伴|合作方|服务商|其/.test(next) ? end + next.length : end;
  const parts: Passage[] = [];
  for (const match of folded.slice(start, to).matchAll(reader.words.patterns.partyGets)) {
    const at = start + match.index + match[0].length;
    if (at < from && !/共享|提供|同步|传输/.test(match[0])) continue;
    const part = trim(cut(passage, at, Math.min(to, at + endOfData(folded.slice(at, to), reader))));
    if (dataShare(fold(part.text, reader.words), reader.lexicon) > DATA_SHARE_MIN) parts.push(part);
  }
  return parts;
}

const DATA_SHARE_MIN = 0.3;
