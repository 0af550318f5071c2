import type { LayerSpan, Rewritten } from '../../decode/recode/rewrite-layers.ts';
import { rewriteLayers } from '../../decode/recode/rewrite-layers.ts';
import type { Detected } from '../../detect/detector.ts';
import type { DeviceProfile } from '../../model/device-profile.ts';
import type { GapInExchange } from '../../model/evidence.ts';
import { type Direction, type RequestHead, type ResponseHead, urlOf } from '../../model/exchange.ts';
import type { Detection } from '../../model/finding.ts';
import type { Gap } from '../../model/gaps.ts';
import type { DecodedBody, DecodedHead, HeadPart, Layer } from '../../model/layer.ts';
import { PlainValues } from './plain-values.ts';
import { Surrogates } from './surrogates.ts';

/** What may be stored of a body or message. */
export interface RedactedBody {
  /** Null: not even its bytes with stand-ins. */
  readonly bytes: Uint8Array | null;
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
}

export interface RedactedHead<Head> {
  readonly head: Head;
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
}

/** Decodes what was rewritten, and looks into it as the first time. */
export type Look<What> = (what: What) => { readonly decoded: DecodedBody; readonly detected: Detected };

/**
 * Takes values out of what is to be stored (`--redact`), after it was judged: every finding's bytes and every plain value of the
 * profiles are replaced by keyed stand-ins of the same length in the layer where they stand, and the codings around are written again.
 *
 * Fails closed: what was rewritten is judged once more, and a body that still shows a value, or that could not be read to its end, is
 * not kept.
 */
export class Redactor {
  readonly #surrogates: Surrogates;
  readonly #plain: PlainValues;
  /** Texts that were replaced in the exchange at hand, for the names of fields that hold them. */
  readonly #replaced = new Map<string, string>();

  constructor(key: Uint8Array, profiles: readonly DeviceProfile[]) {
    this.#surrogates = new Surrogates(key);
    this.#plain = new PlainValues(profiles);
  }

  /** Forgets the exchange before. */
  beginExchange(): void {
    this.#replaced.clear();
  }

  /** The name that a body which is not kept has in place of its SHA-256, which would tell which value fits. */
  nameOf(bytes: Uint8Array): string {
    return this.#surrogates.hashOf(bytes);
  }

  body(
    bytes: Uint8Array,
    decoded: DecodedBody,
    detected: Detected,
    at: readonly string[],
    look: Look<Uint8Array>,
  ): RedactedBody {
    const notKept = (why: string): RedactedBody => ({
      bytes: null,
      detections: this.named(detected.detections),
      gaps: [{ kind: 'body-not-kept', at, bytesUnread: 0, detail: `redaction: ${why}` }],
    });
    const unread = decoded.gaps.find(({ kind }) => kind.startsWith('limit-') && kind !== 'limit-findings');
    if (unread !== undefined) return notKept(`it could not be read to its end (${unread.kind})`);
    const rewritten = this.#rewrite(decoded.layers, detected);
    if (rewritten === null) return notKept('its coding cannot be written again');
    if (rewritten === 'nothing to do') return { bytes, detections: detected.detections, gaps: [] };
    const again = look(rewritten.bytes);
    if (this.#showsValues(again)) return notKept('a value would still show');
    const detections = this.named(moved(detected.detections, detected, rewritten, null));
    const gaps = [...blankedGaps(decoded.layers, rewritten, at), ...unreachedGaps(detections, again.decoded, at)];
    return { bytes: rewritten.bytes, detections, gaps };
  }

  requestHead(
    head: RequestHead,
    decoded: DecodedHead,
    detected: Detected,
    look: Look<RequestHead>,
  ): RedactedHead<RequestHead> {
    const done = this.#head(decoded, detected, 'request');
    const [url = '', ...values] = done.parts;
    const authority = urlOf({ ...head, target: '' });
    const host = url.slice(authority.indexOf(head.host), authority.indexOf(head.host) + head.host.length);
    const redacted = {
      ...head,
      host: host.toLowerCase(),
      target: url.slice(authority.length),
      headers: head.headers.map(([name], index) => [this.text(name), values[index] ?? ''] as const),
    };
    return this.#checked(redacted, { ...redacted, target: '/', headers: [] }, done, 'request', look);
  }

  responseHead(
    head: ResponseHead,
    decoded: DecodedHead,
    detected: Detected,
    look: Look<ResponseHead>,
  ): RedactedHead<ResponseHead> {
    const done = this.#head(decoded, detected, 'response');
    const headers = head.headers.map(([name], index) => [this.text(name), done.parts[index] ?? ''] as const);
    const redacted = { ...head, reason: this.text(head.reason), headers };
    return this.#checked(redacted, { ...redacted, headers: [] }, done, 'response', look);
  }

  /** Text of other kinds: reasons, details, names of fields. One character a byte, or not. */
  text(text: string): string {
    let result = text;
    for (const [was, now] of this.#replaced) if (result.includes(was)) result = result.replaceAll(was, now);
    const bytes = Buffer.from(result);
    const spans = this.#plain.find(bytes);
    if (spans.length === 0) return result;
    const layer = { bytes, chain: [], fields: [], parent: -1, parentStart: 0, parentEnd: bytes.length };
    const rewritten = this.#rewriteSpans(
      [layer],
      spans.map((span) => ({ ...span, layer: 0 })),
    );
    return rewritten === null ? '' : Buffer.from(rewritten.bytes).toString();
  }

  /** Texts inside a flat object. */
  facts<Value extends string | number>(facts: Readonly<Record<string, Value>>): Record<string, Value> {
    const clean = (value: Value) => (typeof value === 'string' ? (this.text(value) as Value) : value);
    return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, clean(value)]));
  }

  gap(gap: Gap): Gap {
    const detail = gap.detail === null ? null : this.text(gap.detail);
    return { ...gap, at: gap.at.map((step) => this.text(step)), detail };
  }

  gapInExchange(gap: GapInExchange): GapInExchange {
    return { ...this.gap(gap), ...(gap.facts === undefined ? {} : { facts: this.facts(gap.facts) }) };
  }

  /** @param bare what is kept of a head that still shows a value. */
  #checked<Head>(
    head: Head,
    bare: Head,
    { detections, gaps }: Pick<RedactedHead<Head>, 'detections' | 'gaps'>,
    direction: Direction,
    look: Look<Head>,
  ): RedactedHead<Head> {
    if (detections.length === 0 && gaps.length === 0) return { head, detections, gaps };
    const again = look(head);
    if (!this.#showsValues(again))
      return { head, detections, gaps: [...gaps, ...unreachedGaps(detections, again.decoded, [direction])] };
    const detail = 'redaction: a value would still show';
    return {
      head: bare,
      detections,
      gaps: [{ kind: 'body-not-kept', at: [direction, 'head'], bytesUnread: 0, detail }],
    };
  }

  #head(decoded: DecodedHead, detected: Detected, direction: Direction) {
    const rewritten = this.#rewrite(decoded.layers, detected);
    const first = decoded.layers[0] as Layer;
    // Nothing in a head covers all of it: it can always be rewritten, at worst with blanks.
    if (rewritten === null) throw new RangeError('a head was not rewritten');
    const result = rewritten === 'nothing to do' ? unchanged(first) : rewritten;
    const text = Buffer.from(result.bytes).toString('latin1');
    const parts = decoded.parts.map(({ start, end }) => text.slice(result.moved(0, start), result.moved(0, end)));
    return {
      parts,
      detections: this.named(moved(detected.detections, detected, result, decoded.parts)),
      gaps: blankedGaps(decoded.layers, result, [direction]),
    };
  }

  #rewrite(layers: readonly Layer[], { spans }: Detected): Rewritten | null | 'nothing to do' {
    const all: LayerSpan[] = [...spans];
    for (const [layer, { bytes }] of layers.entries())
      for (const span of this.#plain.find(bytes)) all.push({ ...span, layer });
    return all.length === 0 ? 'nothing to do' : this.#rewriteSpans(layers, all);
  }

  #rewriteSpans(layers: readonly Layer[], spans: readonly LayerSpan[]): Rewritten | null {
    return rewriteLayers(layers, spans, (bytes) => {
      const standIn = this.#surrogates.standIn(bytes);
      if (bytes.length >= 4) this.#replaced.set(Buffer.from(bytes).toString(), Buffer.from(standIn).toString());
      return standIn;
    });
  }

  #showsValues({ decoded, detected }: ReturnType<Look<unknown>>): boolean {
    if (detected.spans.some(({ match }) => match === 'known-value')) return true;
    return decoded.layers.some(({ bytes }) => this.#plain.find(bytes).length > 0);
  }

  /** Findings without their values, in names of fields, too. */
  named(detections: readonly Detection[]): Detection[] {
    return detections.map((detection) => ({
      ...detection,
      field: detection.field === null ? null : this.text(detection.field),
      decodeChain: detection.decodeChain.map((step) => this.text(step)),
      value: this.#surrogates.tokenOf(detection.value),
    }));
  }
}

function unchanged({ bytes }: Layer): Rewritten {
  return { bytes, moved: (_, offset) => offset, blanked: [] };
}

/** Detections where their bytes are now. In the first layer of a head offsets count from the start of a part. */
function moved(
  detections: readonly Detection[],
  { spans }: Detected,
  rewritten: Rewritten,
  parts: readonly HeadPart[] | null,
): Detection[] {
  return detections.map((detection, index) => {
    const { layer, start } = spans[index] as Detected['spans'][number];
    const part = layer === 0 ? parts?.find((one) => start >= one.start && start < one.end) : undefined;
    const origin = part === undefined ? 0 : rewritten.moved(0, part.start);
    return { ...detection, offset: rewritten.moved(layer, start) - origin };
  });
}

function blankedGaps(layers: readonly Layer[], { blanked }: Rewritten, at: readonly string[]): Gap[] {
  return [...new Set(blanked)].map((index) => {
    const { chain, parentStart, parentEnd } = layers[index] as Layer;
    const detail = `redaction: ${parentEnd - parentStart} coded bytes blanked`;
    return { kind: 'body-not-kept', at: [...at, ...chain], bytesUnread: 0, detail };
  });
}

/** Written anew, a coding can read as something else, as base64 without a sign of its own does: the bytes are there, the way is not. */
function unreachedGaps(detections: readonly Detection[], { layers }: DecodedBody, at: readonly string[]): Gap[] {
  const unreached = detections.filter(
    ({ decodeChain }) =>
      !layers.some(
        ({ chain }) =>
          chain.length >= decodeChain.length - 1 && chain.every((step, index) => step === decodeChain[index]),
      ),
  );
  if (unreached.length === 0) return [];
  const detail = `redaction: ${unreached.length} findings can no longer be followed to their bytes`;
  return [{ kind: 'body-not-kept', at, bytesUnread: 0, detail }];
}
