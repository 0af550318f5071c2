import type { Taxonomy } from '../model/data-type.ts';
import { fold } from './fold.ts';
import { isLoose, LOOSE, Surfaces } from './surfaces.ts';
import { type Place, WordTree } from './word-tree.ts';
import { matchesOf, type PolicyWords } from './words.ts';

/** A place where a text names data types. `from` and `to` are offsets in the text that was searched. */
export interface Term {
  /** Usually one; a few words name two types at once (GPS位置信息). Empty: words that look like data and are none. */
  readonly ids: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** The words for data types, ready to be found in folded text. */
export interface Lexicon {
  readonly surfaces: Surfaces;
  /** Words that count only when they are a whole item of a list: 网络 in 网络/语言等状态. */
  readonly wholeItems: ReadonlyMap<string, readonly string[]>;
  /** For each UTF-16 unit whether a surface begins with it (1), a whole item (2), both or neither. */
  readonly starts: Uint8Array;
  /** Names of identifiers that texts run together (IMEIIDFAOAID), with the words that stand between them (Android, MD5). */
  readonly codes: ReadonlySet<string>;
  readonly codeTree: WordTree;
  readonly codeEnds: ReadonlySet<Place>;
  readonly verbItems: ReadonlySet<string>;
  /** Texts looked at before, with the share of their letters that name data. */
  readonly shares: Map<string, number>;
}

/** Loose signs inside a term that may follow each other. */
const MAX_LOOSE = 4;

export function buildLexicon(taxonomy: Taxonomy, words: PolicyWords): Lexicon {
  const types = [...taxonomy.values()].map(({ id, class: kind, surfaces: { zh, en } }) => ({
    id,
    kind,
    names: [zh, en],
  }));
  const named = types.flatMap(({ names }) => names);
  const surfaces = new Surfaces([...named, words.notData], words);
  const codes = new Set<string>(words.codeFillers);
  for (const { id, kind, names } of types) {
    const own = surfaces.listOf([id]);
    for (const surface of names.flat()) {
      surfaces.add(surface, own);
      if (kind !== 'id' || /[\u3400-\u9fff]/.test(surface)) continue;
      const key = fold(surface, words).replace(LOOSE, '');
      if (/^[a-z0-9.]{2,24}$/.test(key)) codes.add(key);
    }
  }
  for (const word of words.codes) codes.add(word);
  for (const word of words.notData) surfaces.addNone(word);
  const wholeItems = new Map<string, readonly string[]>();
  for (const [word, ids] of Object.entries(words.wholeItems)) wholeItems.set(fold(word, words).replace(LOOSE, ''), ids);
  return {
    surfaces,
    wholeItems,
    starts: startsOf(surfaces, wholeItems),
    codes,
    ...treeOf(codes),
    verbItems: new Set(words.verbItems),
    shares: new Map(),
  };
}

const STARTS_ITEM = 2;

function startsOf(surfaces: Surfaces, wholeItems: ReadonlyMap<string, unknown>): Uint8Array {
  const starts = surfaces.starts.slice();
  for (const word of wholeItems.keys()) {
    const unit = word.charCodeAt(0);
    starts[unit] = (starts[unit] as number) | STARTS_ITEM;
  }
  return starts;
}

function treeOf(codes: ReadonlySet<string>): { codeTree: WordTree; codeEnds: ReadonlySet<Place> } {
  const codeTree = new WordTree([...codes].join('').length);
  const codeEnds = new Set<Place>();
  for (const code of codes) {
    let place: Place = 0;
    for (let index = 0; index < code.length; index++) place = codeTree.add(place, code.charCodeAt(index));
    codeEnds.add(place);
  }
  return { codeTree, codeEnds };
}

/** Finds the terms of a folded text from left to right, the longest first, none overlapping. */
export function findTerms(folded: string, lexicon: Lexicon, running = false): Term[] {
  const seams = findSeams(folded, lexicon);
  const terms: Term[] = [];
  let index = 0;
  while (index < folded.length) {
    if (lexicon.starts[folded.charCodeAt(index)] === 0) {
      index++;
      continue;
    }
    const term = termAt(folded, index, lexicon, seams) ?? wholeItemAt(folded, index, lexicon, running);
    if (term === null) index++;
    else {
      if (term.ids.length > 0) terms.push(term);
      index = term.to;
    }
  }
  return terms;
}

function termAt(folded: string, from: number, { surfaces }: Lexicon, seams: ReadonlySet<number>): Term | null {
  if (!isEdge(folded, from, seams)) return null;
  let place: Place = 0;
  let size = 0;
  let ids: readonly string[] = [];
  let end = -1;
  let loose = 0;
  let skipped = false;
  for (let index = from; index < folded.length; index++) {
    const code = folded.charCodeAt(index);
    const next = surfaces.tree.next(place, code);
    if (next === 0) {
      if (index > from && isLoose(code) && ++loose <= MAX_LOOSE) {
        skipped = true;
        continue;
      }
      break;
    }
    loose = 0;
    place = next;
    size++;
    const here = surfaces.idsAt(place);
    if (here === null || (skipped && size < 4 && isLatin(code))) continue;
    const to = endOf(folded, index + 1, seams);
    if (to === null) continue;
    ids = here;
    end = to;
  }
  return end === -1 ? null : { ids, from, to: end };
}

/** Where a term that could end at `to` ends: plural endings belong to it; inside a Latin word it does not end at all. */
function endOf(folded: string, to: number, seams: ReadonlySet<number>): number | null {
  if (isEdge(folded, to, seams)) return to;
  if (folded[to] === 's' && folded[to - 1] !== 's' && isEdge(folded, to + 1, seams)) return to + 1;
  if (folded.startsWith('es', to) && isEdge(folded, to + 2, seams)) return to + 2;
  return null;
}

/** Between two Latin letters or digits there is no edge, unless the names were run together there. */
function isEdge(folded: string, at: number, seams: ReadonlySet<number>): boolean {
  if (at <= 0 || at >= folded.length || seams.has(at)) return true;
  return !(isLatin(folded.charCodeAt(at - 1)) && isLatin(folded.charCodeAt(at)));
}

function isLatin(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

const ITEM_START = /[\s、,;/:"'·|+&和及与或的([\u2022]/;
const ITEM_END = /[\s、,;/:."'·|+&和及与或等以。()\]]/;
const ITEM_SIZE_MAX = 12;

function wholeItemAt(folded: string, from: number, lexicon: Lexicon, running: boolean): Term | null {
  if (((lexicon.starts[folded.charCodeAt(from)] as number) & STARTS_ITEM) === 0) return null;
  if (from > 0 && !ITEM_START.test(folded[from - 1] as string)) return null;
  for (let to = Math.min(folded.length, from + ITEM_SIZE_MAX); to > from; to--) {
    if (to < folded.length && !ITEM_END.test(folded[to] as string)) continue;
    if (lexicon.verbItems.has(folded.slice(from, to)) && folded[to] === ':') continue;
    const isCommon = running && !OF_PERMISSION.test(folded.slice(to, to + ITEM_SIZE_MAX));
    if (isCommon && (lexicon.verbItems.has(folded.slice(from, to)) || !isListed(folded, from, to))) continue;
    const ids = lexicon.wholeItems.get(folded.slice(from, to).replace(LOOSE, ''));
    if (ids !== undefined) return { ids, from, to };
  }
  return null;
}

/** 存储及电话权限: what a permission opens is meant whatever the word. */
const OF_PERMISSION = /^[及和与][^、,。;()]{1,4}权限/;

/** In a sentence a common word is an item only inside an enumeration: 姓名、性别、年龄. */
function isListed(folded: string, from: number, to: number): boolean {
  const before = folded.slice(Math.max(0, from - 2), from);
  const after = folded.slice(to, to + 6);
  return (
    /[、/]$/.test(before) ||
    /^[、/]/.test(after) ||
    // 文字和语音与其他玩家
    (/[和及与或]$/.test(before) && /^[与等]/.test(after)) ||
    // 相册（存储空间）
    (/\($/.test(before) && /^\)/.test(after)) ||
    (/, ?$/.test(before) && /^(?:,| and | or |[.;]|$)/.test(after)) ||
    (/(?:nd|or) $/.test(folded.slice(Math.max(0, from - 4), from)) && /^[.,;]|^$/.test(after))
  );
}

const LATIN_RUN = /[a-z0-9](?:[a-z0-9]|[ _.-]{1,3}(?=[a-z0-9]))*/g;
const RUN_SIZE_MAX = 400;

/**
 * Offsets inside Latin words where names were run together: `IMEI|IDFA|Android ID|MAC`.
 *
 * A word is cut only when known names cover all of it, with as few pieces as possible.
 */
function findSeams(folded: string, lexicon: Lexicon): Set<number> {
  const seams = new Set<number>();
  for (const { 0: run, index } of matchesOf(LATIN_RUN, folded)) {
    if (run.length < 5 || run.length > RUN_SIZE_MAX) continue;
    const cuts = cover(run, lexicon);
    if (cuts !== null) for (const cut of cuts) seams.add(index + cut);
    else coverWords(run, index, lexicon, seams);
  }
  return seams;
}

function coverWords(run: string, start: number, lexicon: Lexicon, seams: Set<number>): void {
  let from = 0;
  for (let to = 0; to <= run.length; to++) {
    if (to < run.length && isLatin(run.charCodeAt(to))) continue;
    if (to - from >= 6 && !lexicon.codes.has(run.slice(from, to)))
      for (const cut of cover(run.slice(from, to), lexicon) ?? []) seams.add(start + from + cut);
    from = to + 1;
  }
}

/** Where the fewest known names that cover the whole run meet; null when they cannot cover it. */
function cover(run: string, lexicon: Lexicon): number[] | null {
  if (!beginsWithCode(run, lexicon)) return null;
  const cost = new Array<number>(run.length + 1).fill(Number.POSITIVE_INFINITY);
  const back = new Array<number>(run.length + 1).fill(-1);
  cost[0] = 0;
  for (let from = 0; from < run.length; from++) {
    const here = cost[from] as number;
    if (here === Number.POSITIVE_INFINITY) continue;
    if (!isLatin(run.charCodeAt(from))) {
      relax(cost, back, from, from + 1, here);
      continue;
    }
    let place: Place = 0;
    for (let to = from + 1; to <= run.length; to++) {
      const code = run.charCodeAt(to - 1);
      if (!isLatin(code)) continue;
      place = lexicon.codeTree.next(place, code);
      if (place === 0) break;
      if (lexicon.codeEnds.has(place)) relax(cost, back, from, to, here + 1);
    }
  }
  if (cost[run.length] === Number.POSITIVE_INFINITY) return null;
  const cuts: number[] = [];
  for (let at = run.length; at > 0; at = back[at] as number) cuts.push(at);
  return cuts;
}

/** Most runs are words, which begin with none. */
function beginsWithCode(run: string, { codeTree, codeEnds }: Lexicon): boolean {
  let place: Place = 0;
  for (let index = 0; index < run.length; index++) {
    const code = run.charCodeAt(index);
    if (!isLatin(code)) continue;
    place = codeTree.next(place, code);
    if (place === 0) return false;
    if (codeEnds.has(place)) return true;
  }
  return false;
}

function relax(cost: number[], back: number[], from: number, to: number, value: number): void {
  if (value >= (cost[to] as number)) return;
  cost[to] = value;
  back[to] = from;
}
