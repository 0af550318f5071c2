import type { Piece } from './field-pieces.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { hits } from './words.ts';

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
