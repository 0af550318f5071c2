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
 */
export function replayChain(
  bytes: Uint8Array,
  chain: readonly string[],
  about: BodyDescription,
  limits: AuditLimits,
): readonly ReplayedStep[] {
  return walk(decodeBody(bytes, about, limits).layers, chain);
}

/** The same for a finding in a URL, header or cookie. */
export function replayHeadChain(
  head: RequestHead | ResponseHead,
  chain: readonly string[],
  limits: AuditLimits,
): readonly ReplayedStep[] {
  const decoded = 'method' in head ? decodeRequestHead(head, limits) : decodeResponseHead(head, limits);
  return walk(decoded.layers, chain);
}

function walk(layers: readonly Layer[], chain: readonly string[]): readonly ReplayedStep[] {
  const steps: ReplayedStep[] = [];
  let at = layers[0];
  for (let done = 0; at !== undefined && done < chain.length; ) {
    const parent: Layer = at;
    const index = layers.indexOf(parent);
    const next = layers.find((layer) => layer.parent === index && startsWith(chain, layer.chain));
    const field = parent.fields.find(({ syntax, path }) => `${syntax}:${path}` === chain[done]);
    const located = next !== undefined && next.chain.length > done + 1;
    if (located)
      steps.push({ step: chain[done] as string, bytes: parent.bytes.subarray(next.parentStart, next.parentEnd) });
    if (next !== undefined) {
      steps.push({ step: chain[next.chain.length - 1] as string, bytes: next.bytes });
      done = next.chain.length;
    } else {
      if (field !== undefined && done === chain.length - 1)
        steps.push({ step: chain[done] as string, bytes: bytesOf(parent, field) });
      done = chain.length;
    }
    at = next;
  }
  return steps;
}

function startsWith(chain: readonly string[], start: readonly string[]): boolean {
  return start.length <= chain.length && start.every((step, at) => step === chain[at]);
}

function bytesOf(layer: Layer, field: Field): Uint8Array {
  return field.text === null ? layer.bytes.subarray(field.start, field.end) : Buffer.from(field.text, 'utf8');
}
