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
    if (isIdle(folded, at)) {
      from = at + 2;
      continue;
    }
    const rest = folded.slice(at);
    const bracketed = endOfList(rest, endOfData(rest, reader), reader);
    const part = trim(cut(passage, at, at + bracketed));
    if (namesData(part, reader)) parts.push(part);
    from = at + Math.max(bracketed, 2);
  }
  return parts;
}

/** Whether a stretch from a verb on names data: 采集和使用 does not, whatever 使用 means in a list. */
function namesData(part: Passage, reader: Reader): boolean {
  const folded = fold(part.text, reader.words);
  return !/^..(?:[和及与、](?:使用|处理|存储|保存|共享))*$/.test(folded) && dataShare(folded, reader.lexicon) > 0;
}

/** Whether a verb collects nothing: it is denied, or stands in the purpose: 用于获取您所在城市的天气. */
function isIdle(folded: string, at: number): boolean {
  const clause = /[^,，。;]{0,60}$/.exec(folded.slice(Math.max(0, at - CLAUSE_REACH), at))?.[0] ?? '';
  if (DENIED.test(clause)) return true;
  // 某某SDK用于收集您的……: here the purpose is the collecting.
  if (/用于$/.test(clause) && /^[收采]集(?:您|你|用户)/.test(folded.slice(at, at + 4))) return false;
  return PURPOSE_OF_VERB.test(clause);
}

const CLAUSE_REACH = 60;
const DENIED = /(?:不会|不得|不再|并不|未|不)(?:与其|与第三方|向其|向第三方|主动|额外|单独|直接)?$/;
const PURPOSE_OF_VERB =
  /(?:用于|用来|用以|以便|便于|为了|来)(?:帮助|向|为)?(?:您|你|用户)?$|^(?:用于|以便|便于|方便)(?:您|你|用户|我们)(?!.*[收采]集)/;

/** Semicolons may part the items of a list, too: 收集设备型号；网络类型；IP地址. */
function endOfList(rest: string, end: number, reader: Reader): number {
  let to = end;
  while (rest[to] === ';') {
    const next = rest.slice(to + 1);
    const whole = next.slice(0, endOfData(next, reader));
    // What stands behind the item's comma may be said of something else.
    const item = [whole, /^[^,]*/.exec(whole)?.[0] ?? ''].find(
      (one) => one.length >= 2 && dataShare(one, reader.lexicon) >= ITEM_SHARE_MIN,
    );
    if (item === undefined) break;
    to += 1 + item.length;
  }
  return to;
}

const ITEM_SHARE_MIN = 0.5;

/** Where a list of data ends, in folded text that begins with its verb; what stands in brackets belongs to it. */
export function endOfData(text: string, reader: Reader): number {
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
