import type { Piece } from './field-pieces.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import type { Passage } from './passage.ts';
import { hits, type LabelKind } from './words.ts';

/** `Sharing mode: …`, `客户端：…`: a label that nobody knows, between those of an entry of which more is to come. */
export function isUnknownField(
  fields: readonly { readonly label: string }[],
  pieces: readonly Piece[],
  index: number,
  reader: Reader,
): boolean {
  const { value, heading } = pieces[index] as Piece;
  const label = /^([^\s:：。；;,，、（(][^:：。；;,，、（(]{1,23})[:：](?!\/\/)\s*\S/.exec(value.text)?.[1];
  if (label === undefined || heading > 0 || fields.length < 2 || afterNumbering(value.text) > 0) return false;
  const folded = fold(label, reader.words);
  if (/sdk/.test(folded) || hits(reader.words.patterns.knownSdk, folded) || dataShare(folded, reader.lexicon) > 0.5)
    return false;
  const next = pieces.slice(index + 1, index + 3).find(({ kind }) => kind !== null);
  return next !== undefined && next.kind !== 'name' && fields.every((field) => field.label !== next.label);
}

/**
 * Whether a line without a label stands inside a field of data: the entry goes on behind it with a field that it does not have yet,
 * 另需您授权后提供以下信息：, or one more bullet with its use.
 */
export function standsInside(
  fields: readonly { readonly kind: LabelKind; readonly label: string }[],
  pieces: readonly Piece[],
  index: number,
): boolean {
  if (fields.at(-1)?.kind !== 'data') return false;
  const below = pieces.slice(index, index + LINES_MAX);
  const next = below.findIndex(({ kind, value, heading }) => kind !== null || heading > 0 || isLong(value.text));
  const { kind = null, label = '' } = below[next] ?? {};
  return kind !== null && ENDING.has(kind) && fields.every((field) => field.label !== label);
}

/**
 * Whether a line without a label is the rest of the value above it, which had no room on its line: that is long and no whole sentence, and
 * the entry goes on behind it with a field that it does not have yet.
 */
export function endsValue(
  fields: readonly { readonly kind: LabelKind; readonly label: string; readonly value: Passage }[],
  pieces: readonly Piece[],
  index: number,
  reader: Reader,
): boolean {
  const last = fields.at(-1);
  const { value, gap, heading } = pieces[index] as Piece;
  if (last === undefined || last.kind === 'data' || gap > 0 || heading > 0 || afterNumbering(value.text) > 0)
    return false;
  const above = last.value.text.slice(last.value.text.lastIndexOf('\n') + 1);
  const least = /[\u3400-\u9fff]/.test(above) ? FULL_SIZE_MIN : FULL_LATIN_MIN;
  if (above.length < least || /[。；;.!！?？]\s*$/.test(above)) return false;
  const folded = fold(value.text, reader.words);
  if (/sdk/.test(folded) || hits(reader.words.patterns.knownSdk, folded)) return false;
  const { kind = null, label = '' } = pieces.slice(index + 1, index + 3).find((piece) => piece.kind !== null) ?? {};
  return kind !== null && kind !== 'name' && fields.every((field) => field.label !== label);
}

/** Letters that a line has at least that had no room for more. */
const FULL_SIZE_MIN = 20;
const FULL_LATIN_MIN = 40;

const LINES_MAX = 10;
/** Kinds of fields that stand behind the data; any other may begin the next entry. */
const ENDING: ReadonlySet<LabelKind> = new Set(['data', 'permission', 'link', 'site', 'way']);

function isLong(text: string): boolean {
  return text.length > LINE_SIZE_MAX;
}

const LINE_SIZE_MAX = 300;
