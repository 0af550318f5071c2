import { type Block, type LineBlock, line } from './blocks.ts';
import { isEnglish } from './english-entries.ts';
import { cut } from './passage.ts';

/**
 * Cuts English pages whose paragraphs and titles stand in one line into lines again.
 *
 * A title is told by what stands around it: behind a sentence's end or an address, words with capitals, and then a sentence that begins
 * with a word sentences begin with (`Security of Data The security of …`), or with the title itself (`Finchmetrics Finchmetrics is …`).
 */
export function cutRunOnPages(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) =>
    block.kind === 'line' && block.passage.text.length > LINE_SIZE_MIN && isEnglish(block.passage.text)
      ? linesOf(block)
      : [block],
  );
}

/** Shorter lines are paragraphs; a title inside one is no matter. */
const LINE_SIZE_MIN = 800;

const WORD = "[A-Z0-9][\\w&'’.+/-]*";
const JOIN = '(?:&|of|and|or|for|to|in|on|by|with|from|the|a|an|your|our|we|you|is|are|do|us)';
const TITLE = `${WORD}(?: (?:${WORD}|${JOIN}|\\([A-Z][^()]{2,30}\\))){0,8}?`;
/** Words that begin a sentence; a word without a capital follows, or the name of what is spoken of. */
const START =
  '(?:(?:We|You|If|When|Under|These|In|For|By|As|Please|To|An?|It|At|There|Their|They|Any|All|Some|Most|While|Unless|Upon|Although|Your|Our|The|This|No|With) (?=[a-z(“"])|(?:Our|The|This|Their) [A-Z]\\w+ (?:[A-Z]\\w+ )?(?=[a-z]))';
const NAME = `${WORD}(?: (?:${WORD}|by|for|of)){0,4}?`;
const TITLED = new RegExp(`(${TITLE}) (?=${START})`, 'y');
/** The name may have the title of its part in front: `Payments Wrenpay Wrenpay is …`. */
const REPEATED = new RegExp(`(?:(${WORD}(?: ${WORD})?) )??(${NAME}) (?=\\2 [a-z])`, 'y');
const SENTENCE_END = /(?:^|[.!?:;)”"]|https?:\S+)\s+/g;

/** Paragraphs and titles that even lost the space between: `… to serve you.Security We …`, `Types of dataWe collect …`. */
const GLUED =
  /(?<=[a-z)][.!?:;])(?<!https?:\S*)(?=[A-Z][a-z]+[ ,:])|(?<=[a-z]{3})(?=(?:We|You|The|This|When|If|In|Our|Third|By) [a-z])/g;

function linesOf(block: LineBlock): Block[] {
  const { passage } = block;
  const cuts = [
    0,
    ...[...passage.text.matchAll(SENTENCE_END)].flatMap((end) => cutsAt(passage.text, end.index + end[0].length)),
    ...[...passage.text.matchAll(GLUED)].map(({ index }) => index),
  ].sort((one, other) => one - other);
  return [...new Set(cuts)]
    .map((from, index, all) => cut(passage, from, all[index + 1]))
    .filter((piece) => piece.text.trim() !== '')
    .map((piece, index) => line(piece, index === 0 ? block.gap : 0, index === 0 ? block.heading : 0));
}

/** Where the titles begin and end that stand from a place on; none when a sentence begins there. */
function cutsAt(text: string, at: number): number[] {
  REPEATED.lastIndex = at;
  TITLED.lastIndex = at;
  const repeated = REPEATED.exec(text);
  if (repeated !== null) {
    const name = at + repeated[0].length - (repeated[2] as string).length - 1;
    return [at, name, at + repeated[0].length];
  }
  const titled = TITLED.exec(text);
  return titled === null ? [] : [at, at + titled[0].length];
}
