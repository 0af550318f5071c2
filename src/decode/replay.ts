import type { CodecDefinition, Codecs } from '../model/codec.ts';
import type { RequestHead, ResponseHead } from '../model/exchange.ts';
import type { Field, Layer } from '../model/layer.ts';
import type { AuditLimits } from '../model/limits.ts';
import { type BodyDescription, decodeBody } from './decode-body.ts';
import { decodeRequestHead, decodeResponseHead } from './decode-head.ts';

/** What stood there after one step of a chain. */
export interface ReplayedStep {
  readonly step: string;
  readonly bytes: Uint8Array;
}

/**
 * Walks the decode chain of a finding again from the bytes of the body as sent, and gives what each step led to.
 *
 * A locator (`json:header.mac`) gives the value's text, a coding what it unpacks to. Ends before the first step that does not hold
 * for these bytes, so a shorter answer than the chain means that the chain is of other bytes.
 *
 * @param codecs the same as when the chain was made; `about` must name the same codec.
 */
export function replayChain(
  bytes: Uint8Array,
  chain: readonly string[],
  about: BodyDescription,
  limits: AuditLimits,
  codecs?: Codecs,
): readonly ReplayedStep[] {
  return walk(decodeBody(bytes, about, limits, codecs).layers, chain);
}

/** The same for a finding in a URL, header or cookie. */
export function replayHeadChain(
  head: RequestHead | ResponseHead,
  chain: readonly string[],
  limits: AuditLimits,
  codec: CodecDefinition | null = null,
): readonly ReplayedStep[] {
  const decoded = 'method' in head ? decodeRequestHead(head, limits, codec) : decodeResponseHead(head, limits);
  return walk(decoded.layers, chain);
}

function walk(layers: readonly Layer[], chain: readonly string[]): readonly ReplayedStep[] {
  const steps: ReplayedStep[] = [];
  let parent = layers[0];
  let done = 0;
  while (parent !== undefined && done < chain.length) {
    const index = layers.indexOf(parent);
    const next = layers.find((layer) => layer.parent === index && startsWith(chain, layer.chain));
    if (next === undefined)
      return done === chain.length - 1 ? [...steps, ...inPlace(parent, chain[done] as string)] : steps;
    steps.push(...stepsTo(parent, next, done));
    done = next.chain.length;
    parent = next;
  }
  return steps;
}

function startsWith(chain: readonly string[], start: readonly string[]): boolean {
  return start.length <= chain.length && start.every((step, at) => step === chain[at]);
}

/** The locators and the coding that lead from one layer to the next. The last locator is as narrow as the span that was decoded. */
function stepsTo(parent: Layer, next: Layer, done: number): ReplayedStep[] {
  const added = next.chain.slice(done);
  return added.map((step, number) => {
    if (number === added.length - 1) return { step, bytes: next.bytes };
    if (number === added.length - 2) return { step, bytes: parent.bytes.subarray(next.parentStart, next.parentEnd) };
    return { step, bytes: inPlace(parent, step)[0]?.bytes ?? parent.bytes };
  });
}

/** The value that a locator names where it stands; empty when there is none of that name. */
function inPlace(layer: Layer, locator: string): ReplayedStep[] {
  const [, name = locator, count = '1'] = /^(.*)#(\d+)$/s.exec(locator) ?? [];
  const named = (wanted: string) => layer.fields.filter(({ syntax, path }) => `${syntax}:${path}` === wanted);
  const field = named(locator)[0] ?? named(name)[Number(count) - 1];
  return field === undefined ? [] : [{ step: locator, bytes: bytesOf(layer, field) }];
}

function bytesOf(layer: Layer, { start, end, text }: Field): Uint8Array {
  return text === null ? layer.bytes.subarray(start, end) : Buffer.from(text, 'utf8');
}
