import type { PolicyWords } from './words.ts';

/**
 * Folds text for comparison without changing its length, so that offsets stay true: full-width forms become ASCII,
 * traditional characters simplified ones, Latin letters lower case, dashes and quotes one form each.
 */
export function fold(original: string, words: Pick<PolicyWords, 'simplified' | 'regional'>): string {
  const text = original.replace(words.regional.pattern, (word) => words.regional.words.get(word) ?? word);
  let folded = '';
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x41 && code <= 0x5a) folded += String.fromCharCode(code + 32);
    else if (code < 0x80) folded += text[index];
    else folded += foldOther(text[index] as string, code, words.simplified);
  }
  return folded;
}

/** Punctuation that is written in several ways, each folded to the ASCII sign that means the same. */
const SIGNS: Readonly<Record<string, string>> = {
  '\u00a0': ' ',
  '\u2002': ' ',
  '\u2003': ' ',
  '\u3000': ' ',
  '\u200b': ' ',
  '\ufeff': ' ',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '－': '-',
  '“': '"',
  '”': '"',
  '「': '"',
  '」': '"',
  '‘': "'",
  '’': "'",
  '〔': '(',
  '〕': ')',
  '【': '[',
  '】': ']',
  '﹑': '、',
};

function foldOther(character: string, code: number, simplified: ReadonlyMap<string, string>): string {
  if (code >= 0xff01 && code <= 0xff5e) {
    const ascii = code - 0xfee0;
    return String.fromCharCode(ascii >= 0x41 && ascii <= 0x5a ? ascii + 32 : ascii);
  }
  return SIGNS[character] ?? simplified.get(character) ?? character;
}
