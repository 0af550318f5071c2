import type { LineBlock } from './blocks.ts';
import type { Draft } from './entry.ts';
import { cleanName, isCompany, isGenericName, urlIn } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering, bareLabel, labelKind } from './labels.ts';
import { cut, EMPTY, join, type Passage, trim } from './passage.ts';
import { headingDepth } from './sections.ts';
import { hits, type LabelKind } from './words.ts';

/** An SDK described by labelled fields. */
export interface FieldEntry {
  readonly draft: Draft;
  /** The lines it takes up, in order. */
  readonly lines: readonly number[];
  /** Whether a label or the name says SDK. */
  readonly sdk: boolean;
}

/** One labelled value, or a line without a label. */
interface Piece {
  readonly line: number;
  readonly kind: LabelKind | null;
  /** The label as written, folded: 第三方sdk名称. */
  readonly label: string;
  readonly value: Passage;
  readonly gap: number;
  readonly heading: number;
}

/**
 * Reads SDKs that are given as labelled fields: one field a line, several on a line, or the value on the line below its label.
 *
 * An entry begins with its name; where no field gives the name, the title above the fields does.
 */
export function fieldEntries(lines: readonly (LineBlock | null)[], reader: Reader): FieldEntry[] {
  const pieces = piecesOf(lines, reader);
  const entries: FieldEntry[] = [];
  let open: Open | null = null;
  const close = () => {
    const made = open === null ? null : finish(open, reader);
    if (made !== null && open !== null) {
      entries.push({ draft: made, lines: open.lines, sdk: open.sdk });
    }
    open = null;
  };
  pieces.forEach((piece, index) => {
    if (lines[piece.line] === null) {
      close();
      return;
    }
    if (piece.kind === null) {
      if (open !== null && wantsMore(open, piece) && goesOn(open, piece, reader)) return;
      const title = titleAt(pieces, index, reader);
      if (title !== null) {
        close();
        open = beginTitled(title, piece, reader);
      } else if (open !== null && !goesOn(open, piece, reader)) close();
      return;
    }
    if (open === null || open.fields.length >= FIELDS_MAX || startsNew(open, piece, reader)) {
      close();
      if (piece.kind === 'other' || piece.kind === 'index') return;
      open = begin(null, piece);
    }
    open.fields.push({ kind: piece.kind, label: piece.label, value: piece.value });
    if (!open.lines.includes(piece.line)) open.lines.push(piece.line);
    if (/sdk/.test(piece.label)) open.sdk = true;
  });
  close();
  return entries;
}

/** No entry has more fields; a text that goes on and on is no list of SDKs. */
const FIELDS_MAX = 60;
const CUTS_MAX = 500;

interface Open {
  title: Passage | null;
  readonly fields: { kind: LabelKind; label: string; value: Passage }[];
  readonly lines: number[];
  sdk: boolean;
}

function begin(title: Passage | null, piece: Piece): Open {
  return { title, fields: [], lines: [piece.line], sdk: title !== null && /sdk/i.test(title.text) };
}

/** `极光推送：用于推送，收集信息：…`: the title ends where it begins to say what the SDK is for. */
function beginTitled(title: Passage, piece: Piece, reader: Reader): Open {
  const colon = /^[^:：]{2,60}(?=[:：])/.exec(title.text)?.[0].length ?? -1;
  const rest = colon === -1 ? null : trim(cut(title, colon + 1));
  if (rest === null || fold(rest.text, reader.words).search(reader.words.patterns.purposeStart) !== 0)
    return begin(title, piece);
  const open = begin(trim(cut(title, 0, colon)), piece);
  open.fields.push({
    kind: 'purpose',
    label: '',
    value: trim(cut(rest, 0, rest.text.replace(/[,，。;；\s]+$/, '').length)),
  });
  return open;
}

/** The first label of an entry comes back only in the next one. */
function startsNew(open: Open, piece: Piece, reader: Reader): boolean {
  if (piece.kind === 'name' && open.title !== null && open.fields.length === 0) return false;
  if (piece.kind === 'name' && isVendorLabel(open, piece, reader)) return false;
  if (piece.kind === 'name')
    return (
      open.fields.some((field) => field.kind === 'name') || (open.sdk && open.title !== null && open.fields.length > 1)
    );
  const first = open.fields[0];
  return (
    first !== undefined &&
    open.title === null &&
    first.kind === piece.kind &&
    first.label === piece.label &&
    first.kind !== 'data' &&
    open.fields.some((field) => field.kind === 'name')
  );
}

/** `SDK：某某有限公司` below a name says whose the SDK is. */
function isVendorLabel(open: Open, piece: Piece, reader: Reader): boolean {
  return (
    (open.title !== null || open.fields.some((field) => field.kind === 'name')) &&
    isCompany(piece.value.text, reader.words)
  );
}

/** Whether the line below must belong to the field above: that field is empty, or a name of which SDK is still to come. */
function wantsMore(open: Open, piece: Piece): boolean {
  const last = open.fields.at(-1);
  if (last === undefined) return false;
  return last.value.text.trim() === '' || (last.kind === 'name' && /^\s*sdk\s*$/i.test(piece.value.text));
}

/** A line without a label belongs to the field above when that is empty, still open, or a list of data that goes on. */
function goesOn(open: Open, piece: Piece, reader: Reader): boolean {
  const last = open.fields.at(-1);
  if (last === undefined || piece.heading > 0) return false;
  const text = piece.value.text;
  const before = last.value.text;
  const folded = fold(text, reader.words);
  const depth = headingDepth(text, piece.heading);
  const brackets = (before.match(/[（(]/g)?.length ?? 0) > (before.match(/[）)]/g)?.length ?? 0);
  const fits =
    before.trim() === '' ||
    brackets ||
    /[、,，:：]$/.test(before) ||
    (last.kind === 'name' && /^sdk$/.test(folded.trim())) ||
    (last.kind === 'data' && goesOnWithData(folded, reader) && (depth === null || depth > 9)) ||
    ((last.kind === 'link' || last.kind === 'site') && urlIn(text) !== null && urlIn(before) === null) ||
    ((last.kind === 'other' || last.kind === 'purpose' || last.kind === 'scene') &&
      piece.gap === 0 &&
      /^\s*[-·•]/.test(text));
  if (!fits || (depth !== null && depth <= 9 && before.trim() !== '')) return false;
  last.value = before.trim() === '' ? piece.value : join([last.value, piece.value], last.kind === 'name' ? ' ' : '\n');
  if (!open.lines.includes(piece.line)) open.lines.push(piece.line);
  return true;
}

/** Data a line at a time, each with its use behind it, and the lines that part needed from optional ones. */
function goesOnWithData(folded: string, reader: Reader): boolean {
  const head = folded.split(/[:：]|用于/)[0] ?? '';
  const parts = /必[选要]|可选|双端|仅?(?:android|ios)|安卓|鸿蒙/;
  return (
    dataShare(head, reader.lexicon) > 0.35 ||
    dataShare(folded, reader.lexicon) > 0.35 ||
    (folded.length < 30 && parts.test(folded))
  );
}

function finish(open: Open, reader: Reader): Draft | null {
  const names = open.fields.filter(
    (field) => field.kind === 'name' && !(open.title !== null && isCompany(field.value.text, reader.words)),
  );
  const named = names[0]?.value;
  const name = named ?? open.title;
  if (name === null || name === undefined || cleanName(name, reader.words) === null) return null;
  const fields = open.fields
    .filter((field) => field.value !== name)
    .map(({ kind, value }) => ({
      kind:
        kind === 'name' ? (isCompany(value.text, reader.words) ? ('vendor' as const) : ('category' as const)) : kind,
      value,
    }));
  const told = fields.filter(({ kind }) => kind !== 'other' && kind !== 'index');
  return told.length === 0 ? null : { name, fields, data: [] };
}

const TITLE_SIZE_MAX = 60;

/** A short line above a field: the name of the SDK that the fields describe. */
function titleAt(pieces: readonly Piece[], index: number, reader: Reader): Passage | null {
  const piece = pieces[index] as Piece;
  const text = piece.value.text.trim();
  // `Provided by: Somebody, Inc.` is a field whose label nobody knows.
  if (/^[A-Za-z ]{3,30}:\s/.test(text)) return null;
  if (text === '' || text.length > TITLE_SIZE_MAX || /[。；;！!？?]/.test(text) || urlIn(text) !== null) return null;
  // A remark may stand between the title and the first field that says something.
  const next = pieces.slice(index + 1, index + 3).find(({ kind }) => kind !== 'other' && kind !== 'index');
  if (next === undefined || next.kind === null) return null;
  if (next.kind === 'name' && !isCompany(next.value.text, reader.words)) return null;
  const folded = fold(text, reader.words);
  if (isGenericName(folded) || hits(reader.words.patterns.notName, folded)) return null;
  const depth = headingDepth(text, piece.heading);
  if (depth !== null && depth >= 7 && depth <= 9 && !/sdk/.test(folded)) return null;
  const marked = piece.heading > 0 || afterNumbering(text) > 0;
  const named = /sdk/.test(folded) || hits(reader.words.patterns.knownSdk, folded);
  if (!marked && !named && text.length > 24) return null;
  return dataShare(folded, reader.lexicon) > 0.6 && !named ? null : piece.value;
}

/** Cuts lines into labelled values. Lines that others have read are null and stay as borders. */
function piecesOf(lines: readonly (LineBlock | null)[], reader: Reader): Piece[] {
  const alone = standaloneLabels(lines, reader);
  const usual = usualLabels(lines, reader);
  const pieces: Piece[] = [];
  lines.forEach((one, line) => {
    if (one === null) {
      pieces.push({ line, kind: null, label: '', value: EMPTY, gap: 0, heading: 0 });
      return;
    }
    const cuts = labelCuts(one.passage, usual, reader);
    const base = { line, gap: one.gap, heading: one.heading };
    if (cuts.length === 0) {
      const folded = bareLabel(one.passage.text, reader.words);
      const kind = standaloneKind(folded, one.passage.text, alone, reader);
      pieces.push(
        kind === null
          ? { ...base, kind, label: '', value: one.passage }
          : { ...base, kind, label: folded, value: EMPTY },
      );
      return;
    }
    if ((cuts[0] as Cut).from > 0) {
      const before = trim(cut(one.passage, 0, (cuts[0] as Cut).from));
      if (before.text.replace(/[\s\p{P}]/gu, '') !== '') pieces.push({ ...base, kind: null, label: '', value: before });
    }
    cuts.forEach((found, index) => {
      const to = cuts[index + 1]?.from ?? one.passage.text.length;
      const value = trim(cut(one.passage, found.to, to));
      const tidy =
        index + 1 < cuts.length ? trim(cut(value, 0, value.text.replace(/[\s;；,，|]+$/, '').length)) : value;
      pieces.push({ ...base, gap: index === 0 ? one.gap : 0, kind: found.kind, label: found.label, value: tidy });
    });
  });
  return pieces;
}

/** What a line asks for that is one of the labels standing alone, or one but for a letter. */
function standaloneKind(bare: string, text: string, alone: ReadonlySet<string>, reader: Reader): LabelKind | null {
  if (alone.has(bare)) return labelKind(text, reader.words);
  if (alone.size < 3 || bare.length < 5 || bare.length > 24) return null;
  const near = [...alone].find((known) => isNear(bare, known, 1));
  return near === undefined ? null : labelKind(near, reader.words);
}

/** Labels that stand alone on their line, again and again: a table of two columns, flattened. */
function standaloneLabels(lines: readonly (LineBlock | null)[], reader: Reader): Set<string> {
  const counts = new Map<string, number>();
  for (const one of lines) {
    if (one === null || one.passage.text.length > 24) continue;
    const folded = bareLabel(one.passage.text, reader.words);
    if (
      /[:：]/.test(one.passage.text) ||
      afterNumbering(one.passage.text) > 0 ||
      labelKind(folded, reader.words) === null
    )
      continue;
    counts.set(folded, (counts.get(folded) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count >= 2).map(([label]) => label));
}

interface Cut {
  readonly kind: LabelKind;
  readonly label: string;
  /** Where the label begins and where its value does. */
  readonly from: number;
  readonly to: number;
}

const INNER_LABEL = /(?<=^|[\s;；,，。.、|）)】\]])([^\s:：;；,，。、|（(【[]{2,16})\s*[:：]/gu;
const STRONG =
  /收集|采集|获取|共享|使用目的|使用场景|隐私|sdk|第三方|名称|目的|用途|场景|信息类型|信息种类|个人信息|数据类型|公司|主体|提供方|运营方|开发者|权限|链接|官网|^功能|服务(?:类型|内容|商|提供|描述)|用途/;

/** Labels that begin lines again and again: what a misspelt one is compared with. */
function usualLabels(lines: readonly (LineBlock | null)[], reader: Reader): Map<string, LabelKind> {
  const usual = new Map<string, LabelKind>();
  const counts = new Map<string, number>();
  for (const one of lines) {
    const label = one === null ? undefined : /^\s*([^:：\n。；;]{4,30}?)\s*[:：]/u.exec(one.passage.text)?.[1];
    const kind = label === undefined ? null : labelKind(label, reader.words);
    if (label === undefined || kind === null) continue;
    const bare = bareLabel(label, reader.words);
    const count = (counts.get(bare) ?? 0) + 1;
    counts.set(bare, count);
    if (count >= 2 && usual.size < USUAL_MAX) usual.set(bare, kind);
  }
  return usual;
}

const USUAL_MAX = 40;

/** The kind of a usual label that this one differs from by a letter or two. */
function nearKind(label: string, usual: ReadonlyMap<string, LabelKind>, reader: Reader): LabelKind | null {
  const bare = bareLabel(label, reader.words);
  if (bare.length < 4 || bare.length > 30) return null;
  const most = bare.length < 8 ? 1 : 2;
  for (const [known, kind] of usual) if (isNear(bare, known, most)) return kind;
  return null;
}

/** Whether two words are at most so many letters apart (Levenshtein). */
function isNear(one: string, other: string, most: number): boolean {
  if (Math.abs(one.length - other.length) > most) return false;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const changed = (row[to - 1] as number) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[to] as number) + 1, (next[to - 1] as number) + 1));
    }
    row = next;
  }
  return (row[other.length] as number) <= most;
}

/** 网络信息（网络类型、IP地址）：these are data, not a label. */
function listsData(label: string, reader: Reader): boolean {
  return /[（(、]/.test(label) && dataShare(fold(label, reader.words), reader.lexicon) > 0.4;
}

/** The labels of a line: one at its start, and more behind it where fields run together. */
function labelCuts(passage: Passage, usual: ReadonlyMap<string, LabelKind>, reader: Reader): Cut[] {
  const { text } = passage;
  const start = afterNumbering(text);
  const cuts: Cut[] = [];
  const first = /^\s*(?:[[【(（"“]\s*)?([^:：\n。；;]{1,60}?)\s*(?:[\]】)）"”])?\s*[:：]/u.exec(text.slice(start));
  if (first !== null && !/https?$/i.test(first[1] as string)) {
    const written = first[1] as string;
    const kind = listsData(written, reader)
      ? null
      : (labelKind(written, reader.words) ?? nearKind(written, usual, reader));
    if (kind !== null)
      cuts.push({ kind, label: fold(first[1] as string, reader.words), from: 0, to: start + first[0].length });
  }
  for (const match of text.matchAll(INNER_LABEL)) {
    const label = fold(match[1] as string, reader.words);
    const to = match.index + match[0].length;
    if (to <= (cuts[0]?.to ?? 0) || !STRONG.test(label) || text.startsWith('//', to)) continue;
    const kind = labelKind(label, reader.words);
    if (kind === null || kind === 'other') continue;
    cuts.push({ kind, label, from: match.index, to });
    if (cuts.length >= CUTS_MAX) break;
  }
  // One label in the middle of a sentence is no field.
  return cuts.length === 1 && (cuts[0] as Cut).from > 0 ? [] : cuts;
}
