import type { Layer } from '../../model/layer.ts';
import { recoded } from './recode.ts';
import type { Edit } from './units.ts';

/** A run of bytes of one layer that must not stay as it is. */
export interface LayerSpan {
  /** Index of the layer. */
  readonly layer: number;
  readonly start: number;
  readonly end: number;
}

/** The outermost layer with other bytes in it. */
export interface Rewritten {
  readonly bytes: Uint8Array;
  /** Where an offset in a layer has gone. Layers that hold more or fewer bytes now move what is behind. */
  moved(layer: number, offset: number): number;
  /** Layers whose coding could not be written again: what they were decoded from is blank now. */
  readonly blanked: readonly number[];
}

interface LayerEdit extends Edit {
  /** The layer that it comes from; null for a span of the layer's own. */
  readonly from: number | null;
}

const BLANK = 0x78;

/**
 * Puts other bytes of the same length in place of spans, and writes every coding around them again, from the innermost layer to the
 * outermost: what comes out decodes the same way. A coding that cannot be written is blanked as a whole in the layer around it.
 *
 * @param standIn gives the bytes for a span, as many as it is given.
 * @returns null when nothing is left of the outermost layer that could be kept.
 */
export function rewriteLayers(
  layers: readonly Layer[],
  spans: readonly LayerSpan[],
  standIn: (bytes: Uint8Array) => Uint8Array,
): Rewritten | null {
  const edits = layers.map((): LayerEdit[] => []);
  const done = layers.map((): readonly Edit[] => []);
  const blanked: number[] = [];
  for (const { layer, start, end } of spans) {
    const bytes = (layers[layer] as Layer).bytes.subarray(start, end);
    edits[layer]?.push({ start, end, bytes: standIn(bytes), from: null });
  }
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index] as Layer;
    const own = apart(edits[index] as LayerEdit[], layer, standIn, blanked);
    done[index] = own;
    if (own.length === 0 || index === 0) continue;
    const parent = layers[layer.parent] as Layer;
    const around = recoded(parent, layer, own, edited(layer.bytes, own));
    if (around !== null) {
      edits[layer.parent]?.push(...around.map((edit) => ({ ...edit, from: index })));
      continue;
    }
    blanked.push(index);
    const { parentStart: start, parentEnd: end } = layer;
    if (layer.parent === 0 && start === 0 && end === parent.bytes.length) return null;
    edits[layer.parent]?.push({ start, end, bytes: new Uint8Array(end - start).fill(BLANK), from: index });
  }
  return {
    bytes: edited((layers[0] as Layer).bytes, done[0] as readonly Edit[]),
    moved: (layer, offset) =>
      (done[layer] as readonly Edit[]).reduce(
        (at, { start, end, bytes }) => (end <= offset ? at + bytes.length - (end - start) : at),
        offset,
      ),
    blanked,
  };
}

/** Edits in order, none over another. Where they overlap, the one that a deeper layer gave stands for those inside it. */
function apart(
  edits: readonly LayerEdit[],
  layer: Layer,
  standIn: (bytes: Uint8Array) => Uint8Array,
  blanked: number[],
): readonly LayerEdit[] {
  const groups: LayerEdit[][] = [];
  let reach = -1;
  for (const edit of [...edits].sort((one, other) => one.start - other.start || other.end - one.end)) {
    if (edit.start < reach) groups.at(-1)?.push(edit);
    else groups.push([edit]);
    reach = Math.max(reach, edit.end);
  }
  return groups.map((group) => {
    const start = Math.min(...group.map((edit) => edit.start));
    const end = Math.max(...group.map((edit) => edit.end));
    const whole = group.find((edit) => edit.start === start && edit.end === end && edit.from !== null);
    if (group.length === 1 || whole !== undefined) return whole ?? (group[0] as LayerEdit);
    for (const { from } of group) if (from !== null) blanked.push(from);
    return { start, end, bytes: standIn(layer.bytes.subarray(start, end)), from: null };
  });
}

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const edit of edits) {
    parts.push(bytes.subarray(from, edit.start), edit.bytes);
    from = edit.end;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
}
