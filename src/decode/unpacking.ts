import type { Gap, GapKind } from '../model/gaps.ts';
import type { DecodedBody, Field, Layer } from '../model/layer.ts';
import type { AuditLimits } from '../model/limits.ts';
import { bufferOf, signsOf } from './characters.ts';
import type { CodecRunner } from './codecs/codec-runner.ts';
import { Deadline } from './deadline.ts';
import type { MediaType } from './media-type.ts';

/** A layer that waits to be looked into, or is being looked into. */
export interface OpenLayer extends Layer {
  readonly fields: Field[];
  readonly index: number;
  /** Codings between the body as sent and these bytes. */
  readonly depth: number;
  /** What the sender said these bytes are; null when only the bytes themselves can tell. */
  readonly declared: MediaType | null;
  /** How often each path occurred among the first `pathsCounted` fields. */
  paths: Map<string, number> | null;
  pathsCounted: number;
  /** True when what is in it has been taken out already: nobody looks into it again. */
  closed: boolean;
  /** One character a byte, so that offsets in it are offsets in the bytes; made when first asked for. */
  latin1: string | null;
  /** What its bytes rule out or suggest, see characters.ts; -1 until first asked for. */
  signs: number;
}

export function latin1Of(layer: OpenLayer): string {
  layer.latin1 ??= bufferOf(layer.bytes).toString('latin1');
  return layer.latin1;
}

/** {@link signsOf} of all bytes of a layer. */
export function signsOfLayer(layer: OpenLayer): number {
  if (layer.signs === -1) layer.signs = signsOf(layer.bytes, 0, layer.bytes.length);
  return layer.signs;
}

/**
 * The step that leads to the field that was named last: `json:header.mac`. Where a layer has several fields of that name, the later
 * ones are told apart by their number: `form:id#2`.
 */
export function locatorOf(layer: OpenLayer): string {
  layer.paths ??= new Map();
  let locator = '';
  let count = 0;
  for (; layer.pathsCounted < layer.fields.length; layer.pathsCounted++) {
    const { syntax, path } = layer.fields[layer.pathsCounted] as Field;
    locator = `${syntax}:${path}`;
    count = (layer.paths.get(locator) ?? 0) + 1;
    layer.paths.set(locator, count);
  }
  if (locator === '') {
    const { syntax, path } = layer.fields.at(-1) as Field;
    locator = `${syntax}:${path}`;
    count = layer.paths.get(locator) ?? 1;
  }
  return count > 1 ? `${locator}#${count}` : locator;
}

/** Everything that one call of the decoder has found so far, and what it may still spend. */
export class Unpacking {
  readonly layers: OpenLayer[] = [];
  readonly gaps: Gap[] = [];
  readonly deadline: Deadline;
  readonly limits: AuditLimits;
  /** Opens what the SDK codes in a way of its own; null when it has none. */
  readonly codec: CodecRunner | null;
  #bytesLeft: number;
  #fieldsLeft: number;
  #limitsMet: Set<GapKind> | null = null;

  constructor(limits: AuditLimits, codec: CodecRunner | null = null) {
    this.codec = codec;
    this.limits = limits;
    this.deadline = new Deadline(limits.decodeMsMax);
    this.#bytesLeft = limits.decodedBytesMax;
    this.#fieldsLeft = limits.fieldsMax;
  }

  get bytesLeft(): number {
    return this.#bytesLeft;
  }

  begin(bytes: Uint8Array, declared: MediaType | null): OpenLayer {
    return this.#add(-1, 0, bytes.length, [], bytes, 0, declared);
  }

  /**
   * Adds the layer that decoding `start..end` of another gave; false when a limit forbids it.
   * `steps` are what leads from that layer to the bytes.
   */
  child(
    from: OpenLayer,
    start: number,
    end: number,
    steps: readonly string[],
    bytes: Uint8Array,
    declared: MediaType | null = null,
  ): boolean {
    const depth = from.depth + 1;
    if (depth > this.limits.depthMax) return this.limit('limit-depth', from, bytes.length, this.limits.depthMax);
    if (this.layers.length >= this.limits.layersMax) {
      return this.limit('limit-layers', from, bytes.length, this.limits.layersMax);
    }
    if (bytes.length > this.#bytesLeft) {
      return this.limit('limit-decoded-bytes', from, bytes.length, this.limits.decodedBytesMax);
    }
    this.#bytesLeft -= bytes.length;
    this.#add(from.index, start, end, [...from.chain, ...steps], bytes, depth, declared);
    return true;
  }

  /** Names a value within a layer; false when the limit is reached, and the parser should stop. */
  field(layer: OpenLayer, path: string, syntax: string, start: number, end: number, text: string | null): boolean {
    if (this.#fieldsLeft <= 0) {
      return this.limit('limit-fields', layer, layer.bytes.length - start, this.limits.fieldsMax);
    }
    this.#fieldsLeft--;
    layer.fields.push({ path, syntax, start, end, text });
    return true;
  }

  /**
   * Whether a layer may be spent on naming the fields of what can be searched where it stands. Half of the layers are kept for what
   * is coded: a list of a thousand links must not keep the one packed value behind it closed.
   */
  hasRoomForNames(layer: OpenLayer, bytes: number): boolean {
    if (this.layers.length < this.limits.layersMax / 2) return true;
    return this.limit('limit-layers', layer, bytes, this.limits.layersMax / 2);
  }

  /** Takes back the fields of a layer and the layers found in them, when it turned out to be something else. */
  takeBack(layer: OpenLayer, layersBefore: number): void {
    for (const { bytes } of this.layers.splice(layersBefore)) this.#bytesLeft += bytes.length;
    this.#fieldsLeft += layer.fields.length;
    layer.fields.length = 0;
    layer.paths = null;
    layer.pathsCounted = 0;
  }

  gap(kind: GapKind, layer: OpenLayer, bytesUnread: number | null, detail: string | null, step?: string): void {
    this.gaps.push({ kind, at: step === undefined ? layer.chain : [...layer.chain, step], bytesUnread, detail });
  }

  /** Notes a limit the first time it bites; always false, so that callers can return it. */
  limit(kind: GapKind, layer: OpenLayer, bytesUnread: number, limit: number, step?: string): false {
    this.#limitsMet ??= new Set();
    if (!this.#limitsMet.has(kind)) {
      this.#limitsMet.add(kind);
      this.gap(kind, layer, bytesUnread, `limit ${limit}`, step);
    }
    return false;
  }

  /** Whether the time is up; notes it the first time. */
  late(layer: OpenLayer): boolean {
    if (!this.deadline.passed()) return false;
    this.limit('limit-time', layer, layer.bytes.length, this.limits.decodeMsMax);
    return true;
  }

  /** Looks into every layer, outer ones first, so that limits cost the innermost. */
  run(lookInto: (layer: OpenLayer) => void): void {
    for (let at = 0; at < this.layers.length; at++) {
      const layer = this.layers[at] as OpenLayer;
      if (at > 0 && this.late(layer)) return;
      if (!layer.closed) lookInto(layer);
    }
  }

  result(): DecodedBody {
    return { layers: this.layers, gaps: this.gaps };
  }

  #add(
    parent: number,
    parentStart: number,
    parentEnd: number,
    chain: readonly string[],
    bytes: Uint8Array,
    depth: number,
    declared: MediaType | null,
  ): OpenLayer {
    const layer: OpenLayer = {
      chain,
      bytes,
      fields: [],
      parent,
      parentStart,
      parentEnd,
      index: this.layers.length,
      depth,
      declared,
      paths: null,
      pathsCounted: 0,
      closed: false,
      latin1: null,
      signs: -1,
    };
    this.layers.push(layer);
    return layer;
  }
}
