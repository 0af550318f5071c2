import { cut, type Passage, split } from './passage.ts';

/** Sentences of a line; a bracket is never torn from its sentence. */
export function sentencesOf(passage: Passage): Passage[] {
  return split(passage, /(?<=[。！!；;])(?![）)”"])|(?<=\.)(?<!\b(?:e\.g|i\.e|Inc|Ltd|No|vs)\.)\s+(?=[A-Z"“])|\n/g);
}

/** Clauses of a sentence: cut at commas outside brackets, and behind a colon. */
export function clausesOf(sentence: Passage): Passage[] {
  const clauses: Passage[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index < sentence.text.length; index++) {
    const character = sentence.text[index] as string;
    if (/[（(【]/.test(character)) depth++;
    else if (/[）)】]/.test(character)) depth = Math.max(0, depth - 1);
    else if (
      depth === 0 &&
      /[，,]/.test(character) &&
      !/^\s*(?:比如|例如|如|譬如)$/.test(sentence.text.slice(from, index))
    ) {
      clauses.push(cut(sentence, from, index));
      from = index + 1;
    }
  }
  clauses.push(cut(sentence, from));
  return clauses.filter((clause) => clause.text.trim() !== '');
}
