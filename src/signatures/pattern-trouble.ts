/**
 * What is wrong with a pattern that will run on hostile text; null when nothing is.
 *
 * Backtracking explodes where one text can be shared out among repeats in many ways. Signatures need none of that, so all of it is
 * refused: repeated groups that repeat or branch inside, references back, two repeats that could share a text, and a repeat that
 * may begin anywhere. What is left takes time in proportion to the text.
 */
export function patternTrouble(pattern: string): string | null {
  try {
    new RegExp(pattern);
  } catch (error) {
    return `a regular expression expected (${(error as Error).message})`;
  }
  const pieces = piecesOf(pattern);
  if (pieces.some(({ text }) => /^\\[1-9k]/.test(text))) return 'a regular expression without references back expected';
  if (repeatsInRepeat(pieces)) return 'a regular expression without repeated groups that repeat inside expected';
  const repeated = pieces.filter((piece) => isRepeat(piece.quantifier));
  if (
    repeated.length > 0 &&
    (!pattern.startsWith('^') || pieces.some(({ text, depth }) => text === '|' && depth === 0))
  )
    return 'a regular expression that repeats something must start with ^ and have no alternatives outside brackets';
  for (const [at, piece] of pieces.entries()) {
    if (isRepeat(piece.quantifier) && !endsBeforeNextRepeat(pieces, at))
      return 'between two repeats a character expected that the first of them does not take';
  }
  return null;
}

/** One atom of a pattern with what repeats it; brackets of groups and `|` stand alone. */
interface Piece {
  readonly text: string;
  readonly quantifier: string;
  /** How many groups are open around it. */
  readonly depth: number;
}

const PIECE =
  /(\\(?:u\{[^}]*\}|[pP]\{[^}]*\}|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|[\s\S])((?:[*+?]|\{\d+(?:,\d*)?\})?)\??/gu;

function piecesOf(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  let depth = 0;
  for (const [, text = '', quantifier = ''] of pattern.matchAll(PIECE)) {
    if (text === ')') depth--;
    pieces.push({ text, quantifier, depth });
    if (text.startsWith('(')) depth++;
  }
  return pieces;
}

/** `?` and `{8}` leave no choice worth trying again. */
function isRepeat(quantifier: string): boolean {
  return quantifier !== '' && quantifier !== '?' && !/^\{\d+\}$/.test(quantifier);
}

function repeatsInRepeat(pieces: readonly Piece[]): boolean {
  const open: { repeats: boolean }[] = [];
  for (const { text, quantifier } of pieces) {
    if (text.startsWith('(')) open.push({ repeats: false });
    else if (text === ')') {
      const group = open.pop();
      const repeated = quantifier !== '' && quantifier !== '?';
      if (group?.repeats && repeated) return true;
      const outer = open.at(-1);
      if (outer && (group?.repeats || repeated)) outer.repeats = true;
    } else if (text === '|' || isRepeat(quantifier)) {
      const group = open.at(-1);
      if (group) group.repeats = true;
    }
  }
  return false;
}

/** Whether a repeat is followed, before the next one, by a character that must stand there and that it cannot take. */
function endsBeforeNextRepeat(pieces: readonly Piece[], at: number): boolean {
  const { text } = pieces[at] as Piece;
  const takes = text === ')' ? /[\s\S]/ : new RegExp(`^(?:${text})$`);
  for (const next of pieces.slice(at + 1)) {
    if (isRepeat(next.quantifier)) return false;
    const literal = next.text.length === 1 || /^\\[^a-zA-Z0-9]$/.test(next.text) ? next.text.slice(-1) : null;
    const mustStand = next.depth === 0 && next.quantifier !== '?' && !/^[$.^()|[]$/.test(next.text);
    if (literal !== null && mustStand && !takes.test(literal)) return true;
  }
  return true;
}
