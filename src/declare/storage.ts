import type { Declaration } from '../model/declaration.ts';
import type { PolicyText } from './blocks.ts';
import { fold } from './fold.ts';
import { type Passage, quote, split } from './passage.ts';
import { firstMatch, hits, type PolicyWords, type SectionRole } from './words.ts';

type Storage = Pick<Declaration, 'storage' | 'retention'>;

interface Sentence {
  readonly passage: Passage;
  readonly folded: string;
  readonly role: SectionRole | null;
}

/** Where data are kept, whether they go abroad and on what condition, and how long they are kept. */
export function readStorage(
  text: PolicyText,
  roles: readonly (SectionRole | null)[],
  taken: ReadonlySet<number>,
  words: PolicyWords,
): Storage {
  const sentences = text.blocks.flatMap((block, index): Sentence[] => {
    const role = roles[index] ?? null;
    if (block.kind !== 'line' || role === 'definition' || taken.has(index)) return [];
    return split(block.passage, /(?<=[。！!；;])|(?<=\.)\s+(?=[A-Z"“])|\n/g).map((passage) => ({
      passage,
      folded: fold(passage.text, words),
      role,
    }));
  });
  return { storage: storageOf(sentences, text, words), retention: { quote: retentionOf(sentences, text, words) } };
}

function storageOf(sentences: readonly Sentence[], text: PolicyText, words: PolicyWords): Declaration['storage'] {
  const { mainland, abroad } = words.patterns;
  const about = (one: Sentence) => /信息|数据|资料|information|data/.test(one.folded) && one.role !== 'contact';
  const kept = sentences.find(
    (one) => about(one) && hits(mainland, one.folded) && !/(?:适用|定义|是指|机关|主管)/.test(one.folded),
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

/** 如需跨境传输……: what would happen, not what does. */
function isConditional(folded: string): boolean {
  return /如|若|除非|需要向境外|\bif\b|\bunless\b|\bshould\b/.test(folded);
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

function retentionOf(sentences: readonly Sentence[], text: PolicyText, words: PolicyWords): string | null {
  const fits = (one: Sentence) =>
    hits(words.patterns.retention, one.folded) &&
    one.passage.text.length > 14 &&
    one.role !== 'contact' &&
    one.role !== 'rights';
  const found = sentences.find((one) => one.role === 'storage' && fits(one)) ?? sentences.find(fits);
  return found === undefined ? null : quote(text.source, found.passage, text.keepMarkup);
}
