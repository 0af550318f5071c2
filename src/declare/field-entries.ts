import type { LineBlock } from './blocks.ts';
import type { Draft } from './entry.ts';
import { cleanName, isCompany, isGenericName, urlIn } from './entry.ts';
import { type Piece, piecesOf } from './field-pieces.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { cut, join, type Passage, trim } from './passage.ts';
import { headingDepth } from './sections.ts';
import { endsValue, isUnknownField, standsInside } from './unknown-field.ts';
import { hits, type LabelKind } from './words.ts';

/** An SDK described by labelled fields. */
export interface FieldEntry {
  readonly draft: Draft;
  /** The lines it takes up, in order. */
  readonly lines: readonly number[];
  /** Whether a label or the name says SDK. */
  readonly sdk: boolean;
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
      if (open !== null && isUnknownField(open.fields, pieces, index, reader)) {
        open.fields.push({ kind: 'other', label: '', value: piece.value });
        open.lines.push(piece.line);
        return;
      }
      if (open !== null && wantsMore(open, piece, reader) && goesOn(open, piece, reader)) return;
      if (open !== null && endsValue(open.fields, pieces, index, reader)) {
        append(open, piece);
        return;
      }
      const kind = open === null ? null : unlabelledKind(open, piece, reader);
      if (open !== null && kind !== null) {
        open.fields.push({ kind, label: '', value: piece.value });
        open.lines.push(piece.line);
        return;
      }
      const title = titleAt(pieces, index, reader);
      if (title !== null) {
        close();
        open = beginTitled(title, piece, reader);
      } else if (open !== null && !goesOn(open, piece, reader)) {
        if (standsInside(open.fields, pieces, index)) append(open, piece);
        else close();
      }
      return;
    }
    if (piece.kind === 'name' && open !== null && isTail(open)) close();
    if (open !== null && open.fields.length >= FIELDS_MAX && piece.kind !== 'name')
      reader.unread.add('fields-cut', piece.value.text);
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

interface Open {
  title: Passage | null;
  readonly fields: { kind: LabelKind; label: string; value: Passage }[];
  readonly lines: number[];
  sdk: boolean;
  /** Whether its title is set as one. */
  readonly marked: boolean;
}

function begin(title: Passage | null, piece: Piece): Open {
  return {
    title,
    fields: [],
    lines: [piece.line],
    sdk: title !== null && /sdk/i.test(title.text),
    marked: title !== null && isSet(piece),
  };
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

/** What a line without a label is: between a title in bold type and the first label it says what the SDK is for; a lone link is the policy's. */
function unlabelledKind(open: Open, { value, heading }: Piece, reader: Reader): LabelKind | null {
  if (heading > 0 || value.text.length > REMARK_SIZE_MAX) return null;
  if (open.marked && open.fields.length === 0) return 'purpose';
  const isLink = value.links.length > 0 && hits(reader.words.patterns.linkText, fold(value.text, reader.words));
  return isLink && open.fields.length > 0 && open.fields.every((field) => field.kind !== 'link') ? 'link' : null;
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

/** Whether the line below must belong to the field above: that is empty, a name of which SDK is still to come, or a list of data. */
function wantsMore(open: Open, { value }: Piece, reader: Reader): boolean {
  const last = open.fields.at(-1);
  if (last === undefined) return false;
  if (isEmpty(last.value)) return true;
  if (last.kind === 'name') return /^\s*sdk\s*$/i.test(value.text);
  // `b、网络信息：优化连接`: one more kind of data and its use.
  const head = fold(value.text.slice(afterNumbering(value.text)), reader.words).split(/:|用于/)[0] ?? '';
  return last.kind === 'data' && afterNumbering(value.text) > 0 && dataShare(head, reader.lexicon) > 0.6;
}

/** Whether a field has no value yet: neither words nor a link behind its label. */
function isEmpty(value: Passage): boolean {
  return value.text.trim() === '' && value.links.length === 0;
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
    isEmpty(last.value) ||
    brackets ||
    /^等[；;。，,]?$/.test(text) ||
    /[、,，:：]$/.test(before) ||
    (last.kind === 'name' && /^sdk$/.test(folded.trim())) ||
    (last.kind === 'data' && goesOnWithData(folded, reader) && (depth === null || depth > 9)) ||
    (last.kind === 'data' && CIRCLED.test(before) && CIRCLED.test(text)) ||
    ((last.kind === 'link' || last.kind === 'site') && urlIn(text) !== null && urlIn(before) === null) ||
    ((last.kind === 'other' || last.kind === 'purpose' || last.kind === 'scene') &&
      piece.gap === 0 &&
      /^\s*[-·•]/.test(text));
  if (!fits || (depth !== null && depth <= 9 && before.trim() !== '')) return false;
  append(open, piece);
  return true;
}

/** Adds a line to the field above it. */
function append(open: Open, piece: Piece): void {
  const last = open.fields.at(-1) as Open['fields'][number];
  const isBegun = last.value.text.trim() !== '';
  last.value = isBegun ? join([last.value, piece.value], last.kind === 'name' ? ' ' : '\n') : piece.value;
  if (!open.lines.includes(piece.line)) open.lines.push(piece.line);
}

/** Whether fields without a name are those that entries end with: what is left of one that was cut off. */
function isTail({ title, fields }: Open): boolean {
  return title === null && fields.every(({ kind }) => LAST_KINDS.has(kind));
}

const LAST_KINDS: ReadonlySet<LabelKind> = new Set(['link', 'site', 'way', 'permission', 'other']);

/** `①设备信息：……` and `②根据您的选择，……`: items of one list. */
const CIRCLED = /^\s*[①-⑳]/;

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
  if (saysSentence(name.text) || isListing(open, name)) return null;
  const fields = byRank(open.fields)
    .filter((field) => field.value !== name)
    .map(({ kind, value }) => ({
      kind:
        kind === 'name' ? (isCompany(value.text, reader.words) ? ('vendor' as const) : ('category' as const)) : kind,
      value,
    }));
  const told = fields.filter(({ kind }) => kind !== 'other' && kind !== 'index');
  if (told.length === 0 || (!open.sdk && told.every(isSentence))) return null;
  return { name, fields, data: [] };
}

/** Of several addresses the one that is said to be of the privacy policy comes first. */
function byRank(fields: Open['fields']): Open['fields'] {
  const rank = ({ kind, label }: Open['fields'][number]) => (kind === 'link' && !POLICY_LABEL.test(label) ? 1 : 0);
  return [...fields].sort((one, other) => rank(one) - rank(other));
}

const POLICY_LABEL = /隐私权?(?:政策|声明|协议|条款)|privacy (?:policy|notice|statement)/;

/** `支付功能：当您使用……时，我们会……`: a function of the app and what is said of it. */
function isSentence({ kind, value }: Draft['fields'][number]): boolean {
  return (kind === 'scene' || kind === 'function') && /[，,。]/.test(value.text) && /我们|您|你/.test(value.text);
}

/** Whether a line is set as a title: in bold type, or numbered with nothing but the name of an SDK. */
function isSet({ value, heading }: Piece): boolean {
  return heading > 0 || (afterNumbering(value.text) > 0 && /SDK\s*$/i.test(value.text));
}

/** A plain line in front of a label. */
function isBesides([first, second]: readonly Piece[]): boolean {
  return (
    first?.kind === null &&
    first.heading === 0 &&
    first.value.text.length <= REMARK_SIZE_MAX &&
    !/[。；;].*[。；;]/.test(first.value.text) &&
    afterNumbering(first.value.text) === 0 &&
    second !== undefined &&
    second.kind !== null &&
    second.kind !== 'other'
  );
}

/** `使用的第三方SDK：发布内容的审核需要用到某某SDK，此时将收集……`: a label may lead a sentence, which is no name. */
function saysSentence(text: string): boolean {
  return /[，,。；;]/.test(text) && /(?:使用|通过|用到|接入|集成|依赖于?)[^，,。；;]{0,40}SDK.*[，,。；;]/i.test(text);
}

/** `……可能涉及的第三方SDK包括：甲SDK、乙SDK，此类SDK……`: a sentence that lists names, each an SDK of its own. */
function isListing(open: Open, name: Passage): boolean {
  const label = open.fields.find((field) => field.value === name)?.label ?? '';
  return /(?:包括|包含|涉及|有)$/.test(label) && /SDK\s*[、和及与].*SDK/i.test(name.text);
}

const TITLE_SIZE_MAX = 60;
const REMARK_SIZE_MAX = 120;
/** A title that names a verb of collecting, as 行为采集SDK does, is short. */
const LABEL_LIKE_MAX = 24;

/** A short line above a field: the name of the SDK that the fields describe. */
function titleAt(pieces: readonly Piece[], index: number, reader: Reader): Passage | null {
  const piece = pieces[index] as Piece;
  const text = piece.value.text.trim();
  // `Provided by: Somebody, Inc.` is a field whose label nobody knows.
  if (/^[A-Za-z ]{3,30}:\s/.test(text)) return null;
  // ……SDK、获取设备型号 用于通话: a line that says it all.
  if (text.length > LABEL_LIKE_MAX && hits(reader.words.patterns.collectVerb, fold(text, reader.words))) return null;
  // 某某：某某有限公司，客服电话：…… is an address book.
  if (/[:：][^:：]*公司[^:：]*[:：]/.test(text)) return null;
  if (text === '' || text.length > TITLE_SIZE_MAX || /[。；;！!？?]|[，,].*[，,]/.test(text) || urlIn(text) !== null)
    return null;
  // A remark may stand between the title and the first field that says something.
  const following = pieces.slice(index + 1, index + 3);
  const next =
    isSet(piece) && isBesides(following)
      ? following[1]
      : following.find(({ kind }) => kind !== 'other' && kind !== 'index');
  if (next === undefined || next.kind === null) return null;
  if (next.kind === 'name' && !isCompany(next.value.text, reader.words)) return null;
  const folded = fold(text, reader.words);
  if (isGenericName(folded.slice(afterNumbering(text))) || hits(reader.words.patterns.notName, folded)) return null;
  const depth = headingDepth(text, piece.heading);
  if (depth !== null && depth >= 7 && depth <= 9 && !/sdk/.test(folded)) return null;
  const marked = piece.heading > 0 || afterNumbering(text) > 0;
  const named = /sdk/.test(folded) || hits(reader.words.patterns.knownSdk, folded);
  if (!marked && !named && text.length > 24) return null;
  const head = folded.replace(/\([^()]*\)$/, '');
  const isOfData =
    dataShare(folded, reader.lexicon) > 0.6 ||
    /(?:数据|信息)$/.test(head) ||
    (head !== folded && dataShare(head, reader.lexicon) > 0.6);
  return isOfData && !named && !(marked && hasAddress(pieces, index)) ? null : piece.value;
}

/** Whether the fields below a title give an address, as those of an SDK do: `camera` is one then, and no data. */
function hasAddress(pieces: readonly Piece[], index: number): boolean {
  const below = pieces.slice(index + 1, index + 1 + FIELDS_BELOW);
  const end = below.findIndex(({ kind }) => kind === null);
  const fields = end === -1 ? below : below.slice(0, end);
  const hasLink = ({ kind, value }: Piece) => (kind === 'link' || kind === 'site') && urlIn(value.text) !== null;
  return fields.some(hasLink) && fields.some(({ kind }) => kind === 'purpose');
}

const FIELDS_BELOW = 6;
