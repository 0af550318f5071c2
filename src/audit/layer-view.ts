import type { Finding } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { DecodedBody, DecodedHead, HeadPart, Layer } from '../model/layer.ts';

/** Bytes of one layer that are shown. */
const shownBytesMax = 64 * 1024;
/** Layers of one body that are shown; those with findings come before others. */
const shownLayersMax = 40;

/** A finding's bytes within the text of a layer, in characters; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly finding: number;
  readonly dataType: string;
  readonly transform: string;
}

/** One layer as people look at it. */
export interface LayerView {
  readonly chain: readonly string[];
  readonly size: number;
  /** Text when the bytes are UTF-8 text, else a latin1 view: one character a byte, and `binary` says so. */
  readonly text: string;
  readonly binary: boolean;
  /** Bytes that are not shown. */
  readonly left: number;
  readonly spans: readonly Span[];
}

export interface PartView {
  readonly layers: readonly LayerView[];
  readonly layersLeft: number;
  readonly gaps: readonly Gap[];
}

/** The layers of a body with the places of its findings. */
export function bodyView(decoded: DecodedBody, findings: readonly Finding[]): PartView {
  return viewOf(decoded, findings, (finding) => finding.offset);
}

/** The layers of a head. The first is set as a head is written, a line each for URL and headers; offsets of findings count from there. */
export function headView(decoded: DecodedHead, findings: readonly Finding[]): PartView {
  const { layers, ...rest } = viewOf(decoded, findings, (finding) => finding.offset);
  const [first] = decoded.layers;
  if (first === undefined) return { layers, ...rest };
  const inPlace = findings.filter(({ decodeChain }) => codings(decodeChain) === '');
  return { layers: [headLines(first, decoded.parts, inPlace), ...layers.slice(1)], ...rest };
}

function headLines(layer: Layer, parts: readonly HeadPart[], findings: readonly Finding[]): LayerView {
  let text = '';
  const spans: Span[] = [];
  for (const part of parts) {
    const own = findings.filter((finding) => standsIn(finding, part));
    const bytes = layer.bytes.subarray(part.start, part.end);
    const line = layerView({ ...layer, bytes }, own, (finding) => finding.offset);
    text += part.name === null ? '' : `${part.name}: `;
    for (const span of line.spans)
      spans.push({ ...span, start: span.start + text.length, end: span.end + text.length });
    text += `${line.text}\n`;
  }
  return { chain: [], size: layer.bytes.length, text, binary: false, left: 0, spans };
}

function standsIn(finding: Finding, { place, name }: HeadPart): boolean {
  return finding.place === place && (place !== 'header' || name?.toLowerCase() === finding.field?.toLowerCase());
}

function viewOf(decoded: DecodedBody, findings: readonly Finding[], startOf: (finding: Finding) => number): PartView {
  const layers = decoded.layers.map((layer) => ({
    layer,
    found: findings.filter((finding) => codings(finding.decodeChain) === layer.chain.join('\n')),
  }));
  const told = layers.filter(({ layer, found }, index) => index === 0 || found.length > 0 || layer.fields.length > 0);
  const shown = told.slice(0, shownLayersMax);
  return {
    layers: shown.map(({ layer, found }) => layerView(layer, found, startOf)),
    layersLeft: decoded.layers.length - shown.length,
    gaps: decoded.gaps,
  };
}

/** The codings of a finding's chain: its last step names the field when it is a locator. */
function codings(chain: readonly string[]): string {
  return (chain.at(-1)?.includes(':') ? chain.slice(0, -1) : chain).join('\n');
}

function layerView(layer: Layer, findings: readonly Finding[], startOf: (finding: Finding) => number): LayerView {
  const bytes = Buffer.from(layer.bytes.buffer, layer.bytes.byteOffset, Math.min(layer.bytes.length, shownBytesMax));
  const utf8 = bytes.toString('utf8');
  // A character may be cut at the end of what is shown; anywhere else the bytes are no text.
  const binary = utf8.slice(0, -1).includes('\ufffd') || utf8.includes('\u0000');
  const charactersUpTo = (at: number) => (binary ? at : bytes.toString('utf8', 0, at).length);
  const spans = findings.flatMap((finding) => {
    const start = startOf(finding);
    if (start + finding.length > bytes.length) return [];
    const { id, dataType, transform, length } = finding;
    return [{ start: charactersUpTo(start), end: charactersUpTo(start + length), finding: id, dataType, transform }];
  });
  return {
    chain: layer.chain,
    size: layer.bytes.length,
    text: binary ? bytes.toString('latin1') : utf8,
    binary,
    left: layer.bytes.length - bytes.length,
    spans: spans.sort((left, right) => left.start - right.start || left.end - right.end),
  };
}
