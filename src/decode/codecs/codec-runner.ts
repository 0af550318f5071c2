import type { CodecDefinition, CodecVariant } from '../../model/codec.ts';
import type { RequestHead } from '../../model/exchange.ts';
import { isText } from '../characters.ts';
import { isPlausibleProtobuf, readProtobuf } from '../syntaxes/protobuf.ts';
import { locatorOf, type OpenLayer, type Unpacking } from '../unpacking.ts';
import { undoStep } from './steps.ts';
import { type CodecContext, codecConditionHolds } from './values.ts';

/**
 * Opens what one SDK codes in a way of its own, as its definition says.
 *
 * Steps are written `tencent-mta/rc4`: a step with a slash comes from an SDK's codec. Nothing is added to the result unless every
 * step works and the end is what the definition promises; a variant whose conditions hold but that does not open leaves a gap.
 */
export class CodecRunner {
  readonly #codec: CodecDefinition;
  readonly #head: RequestHead | null;
  readonly #fields: readonly { readonly variant: CodecVariant; readonly path: RegExp; readonly value: RegExp }[];
  readonly #bodies: readonly CodecVariant[];

  constructor(codec: CodecDefinition, head: RequestHead | null) {
    this.#codec = codec;
    this.#head = head;
    this.#bodies = codec.variants.filter((variant) => variant.at === 'body');
    this.#fields = codec.variants.flatMap((variant) =>
      variant.at === 'body'
        ? []
        : [{ variant, path: new RegExp(variant.at.path), value: new RegExp(variant.at.value) }],
    );
  }

  /**
   * Opens a layer as a whole; false when it is to be looked at like any other.
   *
   * @param wrapped true while content codings are still to be taken off: what does not open now may open then.
   */
  openBody(unpacking: Unpacking, layer: OpenLayer, wrapped: boolean): boolean {
    const context = { coded: layer.bytes, head: this.#head };
    let claimed = false;
    for (const variant of this.#bodies) {
      if (!variant.when.every((condition) => codecConditionHolds(condition, context))) continue;
      if (this.#open(unpacking, layer, variant, context, 0, layer.bytes.length, [])) return true;
      claimed = true;
    }
    if (!claimed || wrapped || isText(layer.bytes)) return false;
    unpacking.gap('opaque-body', layer, layer.bytes.length, `the codec ${this.#codec.name} does not open it`);
    return true;
  }

  /** Opens the field that was named last; false when it is none of the codec's. */
  openField(
    unpacking: Unpacking,
    layer: OpenLayer,
    start: number,
    end: number,
    value: Uint8Array,
    path: string,
    text: string,
  ): boolean {
    const context = { coded: value, head: this.#head };
    for (const { variant, path: paths, value: values } of this.#fields) {
      if (!paths.test(path) || !values.test(text)) continue;
      if (!variant.when.every((condition) => codecConditionHolds(condition, context))) continue;
      if (this.#open(unpacking, layer, variant, context, start, end, [locatorOf(layer)])) return true;
    }
    return false;
  }

  #open(
    unpacking: Unpacking,
    from: OpenLayer,
    variant: CodecVariant,
    context: CodecContext,
    start: number,
    end: number,
    locator: readonly string[],
  ): boolean {
    const budget = { bytesMax: unpacking.bytesLeft, deadline: unpacking.deadline };
    const results: { readonly step: string; readonly bytes: Uint8Array }[] = [];
    let bytes = context.coded;
    for (const step of variant.steps) {
      const undone = undoStep(step, bytes, context, budget);
      if (undone === null) return false;
      bytes = undone;
      const name = step.step === 'thrift' ? `thrift:${step.field}` : step.step;
      results.push({ step: `${this.#codec.name}/${name}`, bytes });
    }
    if (!isWhatItGives(variant.gives, bytes)) return false;
    this.#addLayers(unpacking, from, start, end, locator, results);
    return true;
  }

  /** One layer a step. Those between the steps are kept for whoever walks the chain again, and not looked into. */
  #addLayers(
    unpacking: Unpacking,
    from: OpenLayer,
    start: number,
    end: number,
    locator: readonly string[],
    results: readonly { readonly step: string; readonly bytes: Uint8Array }[],
  ): void {
    let parent = from;
    for (const [number, { step, bytes }] of results.entries()) {
      const first = number === 0;
      const steps = first ? [...locator, step] : [step];
      if (!unpacking.child(parent, first ? start : 0, first ? end : parent.bytes.length, steps, bytes)) return;
      parent = unpacking.layers.at(-1) as OpenLayer;
      parent.closed = number < results.length - 1;
    }
  }
}

function isWhatItGives(gives: CodecVariant['gives'], bytes: Uint8Array): boolean {
  if (bytes.length === 0) return false;
  if (gives === 'text') return isText(bytes);
  if (isText(bytes) && /^\s*[{[]/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))) return true;
  if (gives === 'json') return false;
  const values = readProtobuf(bytes);
  return values !== null && isPlausibleProtobuf(values, bytes.length);
}
