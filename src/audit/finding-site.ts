import type { StoredFinding } from '../evidence/row-reading.ts';
import type { Finding } from '../model/finding.ts';
import type { DecodedBody, HeadPart, Layer } from '../model/layer.ts';
import type { Source } from './decoded-exchange.ts';

/** Where a finding stands in an exchange that was decoded again. */
export interface Site {
  readonly begin: string;
  readonly sha256: string | null;
  readonly decoded: DecodedBody;
  /** What offset and length count in. */
  readonly layer: Layer;
  /** Where the text that the offset counts from stands in that layer; null: at its start. */
  readonly part: HeadPart | null;
}

/** A stretch of a run of text, counted from its start, in which a finding stands. */
export interface ShownMark {
  readonly start: number;
  readonly end: number;
  readonly finding: number;
  readonly about: string;
}

/** A run of text of a layer; `to` is -1 for all of it from `from` on. */
interface Span {
  readonly layer: Layer;
  readonly from: number;
  readonly to: number;
}

/** @returns null when the source is not what the finding was found in. */
export function siteIn(source: Source, { finding, value }: StoredFinding): Site | null {
  const inHead = finding.place === 'url' || finding.place === 'header' || finding.place === 'cookie';
  if (source.direction !== finding.direction || source.message !== finding.message) return null;
  if (inHead !== (source.heads !== null)) return null;
  const layer = layerOf(source.decoded.layers, finding.decodeChain);
  const { decoded, sha256 } = source;
  if (source.heads === null || layer.parent >= 0) return { begin: 'as sent', sha256, decoded, layer, part: null };
  const fitting = source.heads.filter(
    (part) => part.place === finding.place && part.start + finding.offset + finding.length <= part.end,
  );
  const textAt = (part: HeadPart) => textOf(layer, part.start + finding.offset, finding.length);
  const named = fitting.filter(({ name }) => name === finding.field || finding.decodeChain.includes(`header:${name}`));
  const part = fitting.find((one) => textAt(one) === value) ?? named[0] ?? fitting[0];
  return part === undefined ? null : { begin: part.name ?? 'url', sha256, decoded, layer, part };
}

/** The layer that a finding's offset counts in: the deepest whose chain begins the finding's. */
function layerOf(layers: readonly Layer[], chain: readonly string[]): Layer {
  return layers.reduce((best, layer) =>
    layer.chain.length > best.chain.length && layer.chain.every((step, index) => step === chain[index]) ? layer : best,
  );
}

/** The layers from the bytes as sent to a layer. */
export function wayTo(layers: readonly Layer[], layer: Layer): readonly Layer[] {
  const way = [layer];
  while ((way[0] as Layer).parent >= 0) way.unshift(layers[(way[0] as Layer).parent] as Layer);
  return way;
}

function textOf(layer: Layer, start: number, length: number): string {
  return Buffer.from(layer.bytes.subarray(start, start + length)).toString();
}

/** Where findings stand in a span of a source, in order. */
export function marksIn(span: Span, source: Source, findings: readonly StoredFinding[]): ShownMark[] {
  const marks = findings.flatMap((stored) => {
    const site = siteIn(source, stored);
    const place = site === null ? null : placeIn(span, site, stored.finding);
    return place === null ? [] : [{ ...place, finding: stored.finding.id, about: aboutOf(stored.finding) }];
  });
  return marks.sort((one, other) => one.start - other.start || other.end - one.end);
}

/** Where a finding stands in a span: itself, or the coded value that it was found inside of. Counted from the span's start. */
function placeIn(
  { layer, from, to }: Span,
  site: Site,
  { offset, length }: Finding,
): { readonly start: number; readonly end: number } | null {
  if (site.layer === layer) {
    if (site.part !== null && site.part.start !== from) return null;
    return { start: offset, end: offset + length };
  }
  let inner = site.layer;
  while (inner.parent >= 0) {
    const outer = site.decoded.layers[inner.parent] as Layer;
    if (outer === layer) {
      const inside = inner.parentStart >= from && (to < 0 || inner.parentEnd <= to);
      return inside ? { start: inner.parentStart - from, end: inner.parentEnd - from } : null;
    }
    inner = outer;
  }
  return null;
}

function aboutOf({ dataType, transform }: Finding): string {
  return transform === 'plain' ? dataType : `${dataType} ${transform}`;
}
