import type { Passage } from './passage.ts';

const MARK =
  /\\(?=[-*_#.()[\]+!~`|>])|\*\*|__(?=\S)|(?<=\S)__|`|^\s*>\s?|^\s*[*+]\s+(?=\S)|<\/?(?:b|strong|i|em|u|span|font|p|div|a|sup|sub|center|ul|ol|li)\b[^<>]*>|<br\s*\/?>|&nbsp;|!?\[([^[\]\n]{0,300})\]\(([^()\s]{0,900}(?:\([^()\s]{0,200}\))?[^()\s]{0,900})(?:\s+"[^"\n]{0,200}")?\)/gi;

/** Takes the marks of Markdown and stray tags out of a line; links keep their text and, aside, their target. */
export function withoutMarks(passage: Passage): Passage {
  const { text } = passage;
  if (!/[*_`>[<&+\\]/.test(text)) return passage;
  const at: number[] = [];
  const links = [...passage.links];
  let kept = '';
  let from = 0;
  const keep = (to: number) => {
    kept += text.slice(from, to);
    for (let index = from; index < to; index++) at.push(passage.at[index] as number);
  };
  for (const match of text.matchAll(MARK)) {
    // `__init__` and the like inside words are no marks; addresses keep their underscores.
    if (match[0] === '__' && /https?:\S*$/.test(text.slice(Math.max(0, match.index - 300), match.index))) continue;
    keep(match.index);
    from = match.index + match[0].length;
    if (/^<br/i.test(match[0])) {
      kept += '\n';
      at.push(-1);
    } else if (match[1] !== undefined && match[2] !== undefined) {
      if (/^https?:/i.test(match[2])) links.push(match[2]);
      const start = match.index + (match[0].startsWith('!') ? 2 : 1);
      if (!match[0].startsWith('!')) {
        kept += match[1];
        for (let index = 0; index < match[1].length; index++) at.push(passage.at[start + index] as number);
      }
    }
  }
  keep(text.length);
  from = text.length;
  return { text: kept, at, links };
}
