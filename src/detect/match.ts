import type { Field, Layer } from '../model/layer.ts';
import type { Pattern } from './patterns/pattern.ts';

/** A pattern that was met in a layer, before it is known whether it is worth reporting. */
export interface Match {
  readonly pattern: Pattern;
  /** Index of the layer. */
  readonly layer: number;
  readonly start: number;
  readonly end: number;
}

/** The innermost field that holds the whole span; null when none does. Fields come in the order of their start. */
export function fieldAround(layer: Layer, start: number, end: number): Field | null {
  const { fields } = layer;
  let low = 0;
  let high = fields.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((fields[middle] as Field).start <= start) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1, tries = 0; i >= 0 && tries < FIELDS_BACK_MAX; i--, tries++) {
    const field = fields[i] as Field;
    if (field.end >= end) return field;
  }
  return null;
}

/**
 * Whether an SDK's own codec led to a layer: one of its steps has a slash before any colon (`umeng/aes-cbc`). Such a codec was read
 * from one build's code, so that only a known value in what it opens proves that it was opened rightly.
 */
export function isThroughCodec({ chain }: Layer): boolean {
  return chain.some((step) => {
    const slash = step.indexOf('/');
    return slash > 0 && !step.slice(0, slash).includes(':');
  });
}

/** The bytes of a field's value: without the quotes that some syntaxes leave inside its span. */
export function valueSpan(layer: Layer, field: Field): { readonly start: number; readonly end: number } {
  const first = layer.bytes[field.start];
  const quoted = field.end - field.start >= 2 && first === layer.bytes[field.end - 1] && (first === 34 || first === 39);
  return quoted ? { start: field.start + 1, end: field.end - 1 } : field;
}

/** Fields nest only as deep as documents do; what starts before the last few cannot hold the span any closer. */
const FIELDS_BACK_MAX = 64;

/**
 * Leaves out what says the same as another match does better: a match that overlaps an earlier one of the same value in the same layer,
 * and a match in a layer whose bytes were decoded into a layer that shows the value again.
 */
export function withoutRepeats(matches: readonly Match[], layers: readonly Layer[]): readonly Match[] {
  const ordered = [...matches].sort((a, b) => a.layer - b.layer || a.start - b.start || b.end - a.end);
  const outermost = ordered.filter((match, index) => !isPartOfEarlier(match, ordered, index));
  const deeper = spansSeenDeeper(outermost, layers);
  if (deeper.size === 0) return outermost;
  return outermost.filter(
    (match) => !(deeper.get(match.layer) ?? []).some((span) => overlaps(span, match) && saysAll(span.of, match)),
  );
}

/**
 * Matches are ordered by start, longer ones first, so that whatever holds this one stands shortly before it. Two writings of one
 * value that overlap are one leak: UTF-16 of either byte order, say, a byte apart.
 */
function isPartOfEarlier(match: Match, ordered: readonly Match[], index: number): boolean {
  for (let i = index - 1, tries = 0; i >= 0 && tries < FIELDS_BACK_MAX; i--, tries++) {
    const other = ordered[i] as Match;
    if (other.layer !== match.layer) return false;
    if (other.end > match.start && saysAll(other, match)) return true;
  }
  return false;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly of: Match;
}

/** For each layer the spans of it that were decoded further and led to a match; the same meaning in one span counts once. */
function spansSeenDeeper(matches: readonly Match[], layers: readonly Layer[]): ReadonlyMap<number, readonly Span[]> {
  const spans = new Map<number, Span[]>();
  const seen = new Set<string>();
  for (const match of matches) {
    const meanings = match.pattern.meanings.map(({ dataType, value }) => `${dataType}=${value}`).join();
    for (let child = match.layer; (layers[child] as Layer).parent >= 0; child = (layers[child] as Layer).parent) {
      const key = `${child} ${meanings}`;
      if (seen.has(key)) break;
      seen.add(key);
      const { parent, parentStart, parentEnd } = layers[child] as Layer;
      const list = spans.get(parent) ?? [];
      list.push({ start: parentStart, end: parentEnd, of: match });
      spans.set(parent, list);
    }
  }
  return spans;
}

function overlaps(span: Span, match: Match): boolean {
  return span.start < match.end && match.start < span.end;
}

/** Whether one match says all that another says. */
function saysAll(one: Match, other: Match): boolean {
  if (one.pattern === other.pattern) return true;
  return other.pattern.meanings.every((said) =>
    one.pattern.meanings.some(({ dataType, value }) => dataType === said.dataType && value === said.value),
  );
}
