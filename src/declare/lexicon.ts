import type { Taxonomy } from '../model/data-type.ts';
import { fold } from './fold.ts';
import type { PolicyWords } from './words.ts';

/** A place where a text names data types. `from` and `to` are offsets in the text that was searched. */
export interface Term {
  /** Usually one; a few words name two types at once (GPS位置信息). Empty: words that look like data and are none. */
  readonly ids: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Most nodes have one way on: a map for each would be most of what the lexicon costs. */
interface Node {
  /** The only way on, until there are more. */
  code: number;
  only: Node | null;
  more: Map<number, Node> | null;
  /** What ends here; null when nothing does. */
  ids: readonly string[] | null;
  /** Letters of the surface that ends here. */
  size: number;
}

/** The words for data types, ready to be found in folded text. */
export interface Lexicon {
  readonly root: Node;
  /** Words that count only when they are a whole item of a list: 网络 in 网络/语言等状态. */
  readonly wholeItems: ReadonlyMap<string, readonly string[]>;
  /** Names of identifiers that texts run together (IMEIIDFAOAID), with the words that stand between them (Android, MD5). */
  readonly codes: ReadonlySet<string>;
  readonly codeSizeMax: number;
  readonly verbItems: ReadonlySet<string>;
  /** Texts looked at before, with the share of their letters that name data. */
  readonly shares: Map<string, number>;
}

/** Signs that writers put inside a term or leave out: `Android_ID`, `IP 地址`, `Wi-Fi`. */
const LOOSE = /[\s_-]+/g;
const MAX_LOOSE = 4;

export function buildLexicon(taxonomy: Taxonomy, words: PolicyWords): Lexicon {
  const root = newNode();
  const codes = new Set<string>(words.codeFillers);
  for (const type of taxonomy.values()) {
    for (const surface of [...type.surfaces.zh, ...type.surfaces.en]) {
      const key = fold(surface, words).replace(LOOSE, '');
      add(root, key, type.id);
      if (type.class === 'id' && /^[a-z0-9.]{2,24}$/.test(key)) codes.add(key);
    }
  }
  for (const word of words.codes) codes.add(word);
  for (const word of words.notData) addNone(root, fold(word, words).replace(LOOSE, ''));
  const wholeItems = new Map<string, readonly string[]>();
  for (const [word, ids] of Object.entries(words.wholeItems)) wholeItems.set(fold(word, words).replace(LOOSE, ''), ids);
  return {
    root,
    wholeItems,
    codes,
    codeSizeMax: Math.max(...[...codes].map((code) => code.length)),
    verbItems: new Set(words.verbItems),
    shares: new Map(),
  };
}

function add(root: Node, key: string, id: string): void {
  const node = walk(root, key);
  node.ids = node.ids === null || node.ids.length === 0 ? [id] : node.ids.includes(id) ? node.ids : [...node.ids, id];
  node.size = key.length;
}

function addNone(root: Node, key: string): void {
  const node = walk(root, key);
  if (node.ids === null) node.ids = [];
  node.size = key.length;
}

function walk(root: Node, key: string): Node {
  let node = root;
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    node = wayOn(node, code) ?? addWay(node, code);
  }
  return node;
}

function newNode(): Node {
  return { code: -1, only: null, more: null, ids: null, size: 0 };
}

function wayOn(node: Node, code: number): Node | undefined {
  if (node.more !== null) return node.more.get(code);
  return node.code === code && node.only !== null ? node.only : undefined;
}

function addWay(node: Node, code: number): Node {
  const next = newNode();
  if (node.only === null) {
    node.code = code;
    node.only = next;
  } else {
    node.more ??= new Map([[node.code, node.only]]);
    node.more.set(code, next);
  }
  return next;
}

/** Finds the terms of a folded text from left to right, the longest first, none overlapping. */
export function findTerms(folded: string, lexicon: Lexicon, running = false): Term[] {
  const seams = findSeams(folded, lexicon);
  const terms: Term[] = [];
  let index = 0;
  while (index < folded.length) {
    const term = termAt(folded, index, lexicon, seams) ?? wholeItemAt(folded, index, lexicon, running);
    if (term === null) index++;
    else {
      if (term.ids.length > 0) terms.push(term);
      index = term.to;
    }
  }
  return terms;
}

function termAt(folded: string, from: number, lexicon: Lexicon, seams: ReadonlySet<number>): Term | null {
  if (!isEdge(folded, from, seams)) return null;
  let node = lexicon.root;
  let best: Term | null = null;
  let loose = 0;
  let skipped = false;
  for (let index = from; index < folded.length; index++) {
    const code = folded.charCodeAt(index);
    const next = wayOn(node, code);
    if (next === undefined) {
      if (index > from && isLoose(code) && ++loose <= MAX_LOOSE) {
        skipped = true;
        continue;
      }
      break;
    }
    loose = 0;
    node = next;
    if (node.ids === null || (skipped && node.size < 4 && isLatin(folded.charCodeAt(index)))) continue;
    const to = endOf(folded, index + 1, seams);
    if (to !== null) best = { ids: node.ids, from, to };
  }
  return best;
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

function isLoose(code: number): boolean {
  return code === 0x20 || code === 0x2d || code === 0x5f || (code >= 9 && code <= 13);
}

const ITEM_START = /[\s、,;/:"'·|+&和及与或的([\u2022]/;
const ITEM_END = /[\s、,;/:."'·|+&和及与或等以。()\]]/;
const ITEM_SIZE_MAX = 12;

function wholeItemAt(folded: string, from: number, lexicon: Lexicon, running: boolean): Term | null {
  if (isLoose(folded.charCodeAt(from)) || (from > 0 && !ITEM_START.test(folded[from - 1] as string))) return null;
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
  for (const { 0: run, index } of folded.matchAll(LATIN_RUN)) {
    if (run.length < 5 || run.length > RUN_SIZE_MAX) continue;
    const cuts = cover(run, lexicon);
    if (cuts !== null) for (const cut of cuts) seams.add(index + cut);
    else coverWords(run, index, lexicon, seams);
  }
  return seams;
}

function coverWords(run: string, start: number, lexicon: Lexicon, seams: Set<number>): void {
  for (const { 0: word, index } of run.matchAll(/[a-z0-9]+/g)) {
    if (word.length < 6 || lexicon.codes.has(word)) continue;
    for (const cut of cover(word, lexicon) ?? []) seams.add(start + index + cut);
  }
}

/** Where the fewest known names that cover the whole run meet; null when they cannot cover it. */
function cover(run: string, lexicon: Lexicon): number[] | null {
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
    let key = '';
    for (let to = from + 1; to <= run.length && key.length <= lexicon.codeSizeMax; to++) {
      const code = run.charCodeAt(to - 1);
      if (!isLatin(code)) continue;
      key += run[to - 1];
      if (lexicon.codes.has(key)) relax(cost, back, from, to, here + 1);
    }
  }
  if (cost[run.length] === Number.POSITIVE_INFINITY) return null;
  const cuts: number[] = [];
  for (let at = run.length; at > 0; at = back[at] as number) cuts.push(at);
  return cuts;
}

function relax(cost: number[], back: number[], from: number, to: number, value: number): void {
  if (value >= (cost[to] as number)) return;
  cost[to] = value;
  back[to] = from;
}
