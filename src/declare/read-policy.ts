import type { Taxonomy } from '../model/data-type.ts';
import type { Declaration } from '../model/declaration.ts';
import { operatorError } from '../model/errors.ts';
import { cutLongLines, type PolicyText } from './blocks.ts';
import { decodeText } from './decode-text.ts';
import { readFacts } from './facts.ts';
import { findEntries } from './find-entries.ts';
import { firstParty } from './first-party.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { buildLexicon } from './lexicon.ts';
import { looksLikeHtml, readHtml } from './read-html.ts';
import { readText } from './read-text.ts';
import { cutAtHeads } from './run-head.ts';
import { cutRunOnPages } from './run-on-page.ts';
import { sectionRoles } from './sections.ts';
import { readStorage } from './storage.ts';
import { withTables } from './tables-in-text.ts';
import { Unread } from './unread.ts';
import { hits, loadWords, type PolicyWords } from './words.ts';

/** A policy is a text of some pages; a larger file is something else. */
export const POLICY_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Reads a privacy policy, as text, Markdown or HTML, in Chinese or English, into what it declares.
 *
 * Every `signature` is null: which SDK a name means is for the caller to say, who knows the signatures.
 *
 * @throws TelltaleError `input-invalid` for bytes that are no text or too many; `policy-empty` for text that is no policy.
 */
export function readPolicy(
  bytes: Uint8Array,
  options: { readonly name: string; readonly taxonomy: Taxonomy },
): Declaration {
  const reader = { ...readerFor(options.taxonomy), unread: new Unread() };
  const whole = withTables(withoutDeleted(textOf(bytes, options.name, reader), reader.words), reader);
  const text = { ...whole, blocks: cutAtHeads(whole.blocks, reader) };
  const roles = sectionRoles(text.blocks, reader.words);
  const { sdks, taken, ownData } = findEntries(text, roles, reader);
  const own = firstParty(text, roles, taken, ownData, reader);
  return {
    ...readFacts(text, taken, reader.words),
    first_party: own,
    sdks,
    ...readStorage(text, roles, taken, reader.words),
    unread: reader.unread.statements(),
  };
}

const readers = new WeakMap<Taxonomy, Omit<Reader, 'unread'>>();

/** The lexicon takes longer to build than a policy to read, so a taxonomy's is kept while the taxonomy lives. */
function readerFor(taxonomy: Taxonomy): Omit<Reader, 'unread'> {
  const known = readers.get(taxonomy);
  if (known !== undefined) return known;
  const words = loadWords();
  const reader = { words, lexicon: buildLexicon(taxonomy, words), taxonomy };
  readers.set(taxonomy, reader);
  return reader;
}

function textOf(bytes: Uint8Array, name: string, { words, unread }: Reader): PolicyText {
  if (bytes.length > POLICY_BYTES_MAX) {
    throw operatorError('input-invalid', {
      path: name,
      place: 'whole file',
      expected: `a policy of at most ${POLICY_BYTES_MAX / 1024 / 1024} MiB expected (this file has ${Math.ceil(bytes.length / 1024 / 1024)} MiB)`,
    });
  }
  if (bytes.length === 0) throw operatorError('policy-empty', { path: name, reason: 'the file is empty' });
  const decoded = decodeText(bytes);
  if (decoded === null)
    throw operatorError('input-invalid', {
      path: name,
      place: 'whole file',
      expected: 'text, HTML or Markdown expected, not binary data',
    });
  const text = looksLikeHtml(decoded.text) ? readHtml(decoded.text, unread) : readText(decoded.text, unread);
  const whole = text.blocks
    .map((block) =>
      block.kind === 'line'
        ? block.passage.text
        : block.rows.map((row) => row.map((cell) => cell.text).join(' ')).join(' '),
    )
    .join('\n');
  if (whole.trim() === '') throw operatorError('policy-empty', { path: name, reason: 'it has no words' });
  if (!hits(words.patterns.policyText, fold(whole, words)))
    throw operatorError('policy-empty', { path: name, reason: 'it never speaks of personal information' });
  return text;
}

/** Leaves out what tracked changes and comments left behind: lines that say of themselves that they were deleted. */
function withoutDeleted(text: PolicyText, words: PolicyWords): PolicyText {
  let listing = false;
  const blocks = text.blocks.filter((block) => {
    if (block.kind !== 'line') return true;
    const folded = fold(block.passage.text, words).trim();
    const deleted = hits(words.patterns.deletedText, folded);
    // A deleted line that announces a list takes the list with it.
    if (deleted) listing = /[:：]$/.test(folded);
    else if (listing && !/^[({[]/.test(folded)) listing = false;
    return !deleted && !listing;
  });
  return { ...text, blocks: cutRunOnPages(cutLongLines(blocks), words) };
}
