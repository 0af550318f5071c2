import type { Declaration } from '../model/declaration.ts';
import type { PolicyText } from './blocks.ts';
import { fold } from './fold.ts';
import { type Passage, quote, split } from './passage.ts';
import { headingDepth } from './sections.ts';
import { firstMatch, hits, type PolicyWords, type SectionRole } from './words.ts';

type Storage = Pick<Declaration, 'storage' | 'retention' | 'children'>;

interface Sentence {
  readonly passage: Passage;
  readonly folded: string;
  readonly role: SectionRole | null;
  readonly isHeading: boolean;
}

/** Where data are kept, whether they go abroad and on what condition, how long they are kept, and what is said about children. */
export function readStorage(
  text: PolicyText,
  roles: readonly (SectionRole | null)[],
  taken: ReadonlySet<number>,
  words: PolicyWords,
): Storage {
  const sentences = text.blocks.flatMap((block, index): Sentence[] => {
    const role = roles[index] ?? null;
    if (block.kind !== 'line' || role === 'definition' || taken.has(index)) return [];
    const isHeading = headingDepth(block.passage.text, block.heading) !== null;
    return split(block.passage, SENTENCE_END).map((passage) => ({
      passage,
      folded: fold(passage.text, words),
      role,
      isHeading,
    }));
  });
  return {
    storage: storageOf(sentences, text, words),
    retention: { quote: retentionOf(sentences, text, words) },
    children: { quote: childrenOf(sentences, text, words) },
  };
}

const SENTENCE_END = /(?<=[。！!；;])|(?<=\.)\s+(?=[A-Z"“])|\n/g;

function storageOf(sentences: readonly Sentence[], text: PolicyText, words: PolicyWords): Declaration['storage'] {
  const { mainland, abroad } = words.patterns;
  const about = (one: Sentence) =>
    /信息|数据|资料|服务器|information|data|servers?\b/.test(one.folded) && one.role !== 'contact';
  const kept = sentences.find(
    (one) => about(one) && hits(mainland, withoutTitles(one.folded)) && !ELSEWHERE.test(one.folded),
  );
  const sent = sentences.find(
    (one) =>
      about(one) &&
      hits(abroad, one.folded) &&
      !isConditional(one.folded) &&
      !hits(words.patterns.noCrossBorder, one.folded),
  );
  const mainlandOnly = kept !== undefined ? true : sent !== undefined ? false : null;
  const cross = crossBorder(sentences, words, mainlandOnly);
  const said = kept ?? sent ?? cross.sentence;
  return {
    mainland_only: mainlandOnly,
    cross_border: cross.value,
    quote: said === undefined ? null : quote(text.source, said.passage, text.keepMarkup),
  };
}

/** Sentences in which a place in China is that of a law, a company or a group of users. */
const ELSEWHERE = /适用(?!的?法律)|定义|是指|机关|主管|男性|女性|受众|处理者是|版权/;

/** 《中华人民共和国网络安全法》 says nothing about where data are. */
function withoutTitles(folded: string): string {
  return folded.replace(/《[^》]*》/g, '');
}

/** 如需跨境传输……: what would happen, not what does. */
function isConditional(folded: string): boolean {
  return /(?:^|[,，。;(])\s*(?:如(?!上|下|前)|若)|如果|如需|如有|如确|除非|需要向境外|\bif\b|\bunless\b|\bshould\b/.test(
    folded,
  );
}

function crossBorder(
  sentences: readonly Sentence[],
  words: PolicyWords,
  mainlandOnly: boolean | null,
): { value: Declaration['storage']['cross_border']; sentence: Sentence | undefined } {
  const { patterns } = words;
  const about = sentences.filter(
    (one) =>
      hits(patterns.crossBorder, one.folded) &&
      /传输|转移|提供|传送|出境|跨境|传递|境外|transfer|transmit|send|stor|process/.test(one.folded),
  );
  const consent = about.find((one) => hits(patterns.crossBorderConsent, one.folded));
  if (consent !== undefined) return { value: 'with_consent', sentence: consent };
  const none = about.find((one) => hits(patterns.noCrossBorder, one.folded));
  if (none !== undefined) return { value: 'none', sentence: none };
  const law = about.find(
    (one) =>
      hits(patterns.crossBorderLaw, one.folded) &&
      (isConditional(one.folded) || firstMatch(/传输|转移|提供|transfer/g, one.folded) !== null),
  );
  if (law !== undefined && mainlandOnly !== false) return { value: 'per_law', sentence: law };
  return mainlandOnly === false ? { value: 'yes', sentence: undefined } : { value: null, sentence: undefined };
}

/** The sentence that says how long data are kept: a plain one before a passing mention, the part about storage before others. */
function retentionOf(sentences: readonly Sentence[], text: PolicyText, words: PolicyWords): string | null {
  const { retention, retentionPlain } = words.patterns;
  const fits = (one: Sentence) =>
    hits(retention, one.folded) &&
    one.passage.text.length > SENTENCE_SIZE_MIN &&
    one.role !== 'contact' &&
    one.role !== 'rights';
  const plain = (one: Sentence) => fits(one) && hits(retentionPlain, one.folded);
  const found =
    sentences.find((one) => one.role === 'storage' && plain(one)) ??
    sentences.find((one) => plain(one) && one.role !== 'sdk') ??
    sentences.find((one) => one.role === 'storage' && fits(one)) ??
    sentences.find(fits);
  return found === undefined ? null : quote(text.source, found.passage, text.keepMarkup);
}

/** Shorter sentences are headings or scraps. */
const SENTENCE_SIZE_MIN = 14;

/** What is said about children's data: their age, or whose consent is asked. Definitions, and pointers elsewhere, say nothing. */
function childrenOf(sentences: readonly Sentence[], text: PolicyText, words: PolicyWords): string | null {
  const { children, childrenPlain } = words.patterns;
  const fits = (one: Sentence) =>
    hits(children, one.folded) && one.passage.text.length > SENTENCE_SIZE_MIN && !one.isHeading;
  const plain = (one: Sentence) => fits(one) && hits(childrenPlain, one.folded);
  const found =
    sentences.find((one) => one.role === 'children' && plain(one)) ??
    sentences.find(plain) ??
    sentences.find((one) => one.role === 'children' && fits(one));
  return found === undefined ? null : quote(text.source, found.passage, text.keepMarkup);
}
