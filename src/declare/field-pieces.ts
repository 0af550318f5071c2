import type { LineBlock } from './blocks.ts';
import { englishLabels } from './english-labels.ts';
import { fold } from './fold.ts';
import { gluedLabels } from './glued-labels.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering, bareLabel, labelKind } from './labels.ts';
import { cut, EMPTY, type Passage, trim } from './passage.ts';
import { type LabelKind, matchesOf } from './words.ts';

/** One labelled value, or a line without a label. */
export interface Piece {
  readonly line: number;
  readonly kind: LabelKind | null;
  /** The label as written, folded: 第三方sdk名称. */
  readonly label: string;
  readonly value: Passage;
  readonly gap: number;
  readonly heading: number;
}

/** Cuts lines into labelled values. Lines that others have read are null and stay as borders. */
export function piecesOf(lines: readonly (LineBlock | null)[], reader: Reader): Piece[] {
  const alone = standaloneLabels(lines, reader);
  const usual = usualLabels(lines, reader);
  const inner = [gluedLabels(lines, reader.words), englishLabels(lines, reader.words)].filter(
    (pattern) => pattern !== null,
  );
  const pieces: Piece[] = [];
  lines.forEach((one, line) => {
    if (one === null) {
      pieces.push({ line, kind: null, label: '', value: EMPTY, gap: 0, heading: 0 });
      return;
    }
    const base = { line, gap: one.gap, heading: one.heading };
    const cuts = labelCuts(one.passage, usual, inner, reader);
    const above = pieces.at(-1);
    const isBelow = above !== undefined && above.kind !== null && above.line === line - 1 && isBlank(above.value);
    if (isBelow && isValueOf(above, one.passage, cuts, alone, reader)) {
      pieces.push({ ...base, kind: null, label: '', value: one.passage });
      return;
    }
    if (cuts.length === 0) {
      const folded = bareLabel(one.passage.text, reader.words);
      const kind = standaloneKind(folded, one.passage.text, alone, reader);
      pieces.push(
        kind === null
          ? { ...base, kind, label: '', value: one.passage }
          : { ...base, kind, label: folded, value: { ...EMPTY, links: one.passage.links } },
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

function isBlank(value: Passage): boolean {
  return value.text === '' && value.links.length === 0;
}

/** Whether what looks like a label is the value of the one above it: it comes much more seldom (用于统计原因), or names a system (iOS版本：IDFA). */
function isValueOf(
  above: Piece,
  passage: Passage,
  cuts: readonly Cut[],
  alone: ReadonlyMap<string, number>,
  reader: Reader,
): boolean {
  const usual = alone.get(above.label);
  if (usual === undefined) return false;
  if (cuts.length > 0)
    return above.kind === 'data' && (cuts[0]?.kind === 'other' || (cuts.length === 1 && cuts[0]?.kind === 'data'));
  // 网络类型 below 收集信息: a label that is data itself.
  if (above.kind === 'data' && dataShare(fold(passage.text, reader.words), reader.lexicon) > 0.5) return true;
  const count = alone.get(bareLabel(passage.text, reader.words));
  return count !== undefined && (count * SELDOM < usual || /[、，,]/.test(passage.text));
}

const SELDOM = 3;

/** What a line asks for that is one of the labels standing alone, or one but for a letter. */
function standaloneKind(
  bare: string,
  text: string,
  alone: ReadonlyMap<string, number>,
  reader: Reader,
): LabelKind | null {
  if (alone.has(bare)) return labelKind(text, reader.words);
  if (alone.size < 3 || bare.length < 5 || bare.length > 24) return null;
  if (/(?:链接|名称|类型|目的|场景|方式|网址|机构|公司)$/.test(bare) && bare.length <= 12)
    return labelKind(text, reader.words);
  for (const known of alone.keys()) if (isNear(bare, known, 1)) return labelKind(known, reader.words);
  return null;
}

/** Labels that stand alone on their line, again and again: a table of two columns, flattened. */
function standaloneLabels(lines: readonly (LineBlock | null)[], reader: Reader): Map<string, number> {
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
  return new Map([...counts].filter(([, count]) => count >= 2));
}

interface Cut {
  readonly kind: LabelKind;
  readonly label: string;
  /** Where the label begins and where its value does. */
  readonly from: number;
  readonly to: number;
}

/** What some label of a line has behind or around it. */
const LABEL_SIGN = /[:：【]/;
const INNER_LABEL = /(?<=^|[\s;；,，。.、|）)】\]])([^\s:：;；,，。、|（(【[]{2,16})\s*[:：]/gu;
/** 【收集信息】设备型号: a label in brackets needs no colon. */
const BRACKETED_LABEL = /【([^【】\n]{2,16})】\s*[:：]?/gu;
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

/** Whether two words are at most one or two letters apart (Levenshtein). */
function isNear(one: string, other: string, most: 1 | 2): boolean {
  if (Math.abs(one.length - other.length) > most) return false;
  const shorter = Math.min(one.length, other.length);
  let same = 0;
  while (same < shorter && one.charCodeAt(same) === other.charCodeAt(same)) same++;
  let tail = 0;
  while (tail < shorter - same && one.charCodeAt(one.length - 1 - tail) === other.charCodeAt(other.length - 1 - tail))
    tail++;
  const differing = Math.max(one.length, other.length) - same - tail;
  return (
    differing <= most ||
    (most > 1 && distance(one.slice(same, one.length - tail), other.slice(same, other.length - tail)) <= most)
  );
}

function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const changed = (row[to - 1] as number) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[to] as number) + 1, (next[to - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** 网络信息（网络类型、IP地址）：these are data, not a label. */
function listsData(label: string, reader: Reader): boolean {
  return /[（(、]/.test(label) && dataShare(fold(label, reader.words), reader.lexicon) > 0.4;
}

/** Where the first label of a line must have ended: runs of spaces behind it are not followed further. */
const LABEL_REACH = 120;

/** The labels of a line: one at its start, and more behind it where fields run together. */
function labelCuts(
  passage: Passage,
  usual: ReadonlyMap<string, LabelKind>,
  inner: readonly RegExp[],
  reader: Reader,
): Cut[] {
  const { text } = passage;
  if (!LABEL_SIGN.test(text)) return [];
  const start = afterNumbering(text);
  const cuts: Cut[] = [];
  const first = /^\s*(?:[[【(（"“]\s*)?([^:：\n。；;]{1,60}?)\s*(?:[\]】)）"”])?\s*[:：]/u.exec(
    text.slice(start, start + LABEL_REACH),
  );
  if (first !== null && !/https?$/i.test(first[1] as string)) {
    const written = first[1] as string;
    // 某某SDK（包名：com.example）：, a remark inside the name.
    const kind =
      /[（(][^）)]*$/.test(written) || listsData(written, reader)
        ? null
        : (labelKind(written, reader.words) ?? nearKind(written, usual, reader));
    if (kind !== null)
      cuts.push({ kind, label: fold(first[1] as string, reader.words), from: 0, to: start + first[0].length });
  }
  if (cuts.length > 0) {
    for (const match of inner.flatMap((pattern) => matchesOf(pattern, text))) {
      const label = fold(match[1] as string, reader.words);
      const kind = labelKind(label, reader.words);
      const to = match.index + match[0].length;
      if (kind !== null && match.index >= (cuts[0]?.to ?? 0) && cuts.length < CUTS_MAX)
        cuts.push({ kind, label, from: match.index, to });
    }
  }
  for (const match of matchesOf(BRACKETED_LABEL, text)) {
    const kind = labelKind(match[1] as string, reader.words);
    const to = match.index + match[0].length;
    if (kind === null || to <= (cuts.at(-1)?.to ?? 0) || cuts.length >= CUTS_MAX) continue;
    // Alone on its line it is the name that the labels below belong to.
    if ((match.index > start && cuts.length === 0) || text.slice(start).trim() === match[0].trim()) continue;
    cuts.push({ kind, label: fold(match[1] as string, reader.words), from: match.index, to });
  }
  for (const match of matchesOf(INNER_LABEL, text)) {
    const label = fold(match[1] as string, reader.words);
    const to = match.index + match[0].length;
    if (cuts.some((known) => known.to === to)) continue;
    if (to <= (cuts[0]?.to ?? 0) || !STRONG.test(label) || text.startsWith('//', to)) continue;
    const kind = labelKind(label, reader.words);
    if (kind === null || kind === 'other') continue;
    // 某某 SDK：…… is a name and its description.
    if (label === 'sdk' && /[^\s\p{P}] $/u.test(text.slice(0, match.index))) continue;
    cuts.push({ kind, label, from: match.index, to });
    if (cuts.length >= CUTS_MAX) {
      reader.unread.add('labels-cut', text.slice(to));
      break;
    }
  }
  cuts.sort((one, other) => one.from - other.from);
  // One label in the middle of a sentence is no field.
  return cuts.length === 1 && (cuts[0] as Cut).from > 0 ? [] : cuts;
}

/** Labels on one line; more are no fields. */
const CUTS_MAX = 500;
