import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { cut, type Passage, trim } from './passage.ts';

/** What a text says that the data are for, up to the end of the clause; null when it says nothing. */
export function purposeOf(passage: Passage, reader: Reader): Passage | null {
  const folded = fold(passage.text, reader.words);
  const from = folded.search(reader.words.patterns.purposeStart);
  if (from === -1) return null;
  const length = folded.slice(from).search(/[,，。;；!]|\.(?=\s|$)/);
  return trim(cut(passage, from, length === -1 ? passage.text.length : from + length));
}

/** The stretches of a text that list data: from the verb of collecting to where the sentence turns to its purpose. */
export function dataParts(passage: Passage, reader: Reader): Passage[] {
  const folded = fold(passage.text, reader.words);
  const parts: Passage[] = [];
  let from = 0;
  while (from < folded.length) {
    const start = folded.slice(from).search(reader.words.patterns.collectVerb);
    if (start === -1) break;
    const at = from + start;
    // 用于获取您所在城市的天气: what is got there is the purpose, not the data.
    if (PURPOSE_OF_VERB.test(folded.slice(Math.max(0, at - 8), at))) {
      from = at + 2;
      continue;
    }
    const rest = folded.slice(at);
    const bracketed = endOutsideBrackets(rest, reader);
    const part = trim(cut(passage, at, at + bracketed));
    if (dataShare(fold(part.text, reader.words), reader.lexicon) > 0) parts.push(part);
    from = at + Math.max(bracketed, 2);
  }
  return parts;
}

/** Ends with a word that makes the verb behind it a purpose. */
const PURPOSE_OF_VERB = /(?:用于|用来|用以|以便|便于|为了|来)(?:帮助|向|为)?(?:您|你|用户)?$/;

/** Where the list of data ends; what stands in brackets belongs to it. */
function endOutsideBrackets(text: string, reader: Reader): number {
  let depth = 0;
  let plain = '';
  for (const character of text) {
    if (character === '(') depth++;
    plain += depth > 0 ? '_' : character;
    if (character === ')' && depth > 0) depth--;
  }
  // ……等信息。以及磁盘空间: the list goes on behind the full stop.
  plain = plain.replace(/[。;](?=以及|还有|和)/g, '_');
  const end = plain.slice(2).search(reader.words.patterns.dataEnd);
  return end === -1 ? text.length : end + 2;
}
