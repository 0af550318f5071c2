import { type BodyDescription, decodeBody } from '../../src/decode/decode-body.ts';
import type { DecodedBody } from '../../src/model/layer.ts';
import { type AuditLimits, DEFAULT_LIMITS } from '../../src/model/limits.ts';

export const UNDESCRIBED: BodyDescription = {
  contentType: null,
  contentEncodings: [],
  whole: true,
  codec: null,
  head: null,
};

export function decode(
  body: string | Uint8Array,
  about: Partial<BodyDescription> = {},
  limits: Partial<AuditLimits> = {},
): DecodedBody {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return decodeBody(bytes, { ...UNDESCRIBED, ...about }, { ...DEFAULT_LIMITS, ...limits });
}

/** Chain → text of each layer, the body as sent left out. */
export function layersOf(decoded: DecodedBody): Record<string, string> {
  const inner = decoded.layers.slice(1);
  return Object.fromEntries(inner.map((layer) => [layer.chain.join(' '), Buffer.from(layer.bytes).toString()]));
}

/** Path → text of the fields of one layer, by its chain. */
export function fieldsOf(decoded: DecodedBody, chain = ''): Record<string, string | null> {
  const layer = decoded.layers.find((candidate) => candidate.chain.join(' ') === chain);
  return Object.fromEntries((layer?.fields ?? []).map((field) => [field.path, field.text]));
}

/** Text of every field, whatever its layer. */
export function textsOf(decoded: DecodedBody): (string | null)[] {
  return decoded.layers.flatMap((layer) => layer.fields.map((field) => field.text));
}

/** What is wrong with the offsets of a result; empty when every span lies in its layer and every plain text stands at its span. */
export function wrongSpans(decoded: DecodedBody): string[] {
  const wrong: string[] = [];
  for (const layer of decoded.layers) {
    const parent = decoded.layers[layer.parent];
    const within =
      parent === undefined || (layer.parentStart <= layer.parentEnd && layer.parentEnd <= parent.bytes.length);
    if (!within || layer.parentStart < 0)
      wrong.push(`${layer.chain.join(' ')}: ${layer.parentStart}–${layer.parentEnd}`);
    for (const { path, start, end, text } of layer.fields) {
      const there = Buffer.from(layer.bytes.subarray(start, end)).toString();
      const unescaped = decoded.layers.some((child) => child.parentStart === start && child.parentEnd === end);
      // Binary numbers do not stand there as their digits.
      const known =
        text === null ||
        there === text ||
        unescaped ||
        (/^[-\d.e+]+$|^(?:true|false|null)$/.test(text) && end - start <= 10);
      if (start < 0 || start > end || end > layer.bytes.length) wrong.push(`${path}: ${start}–${end}`);
      else if (!known && !/[\\%+&]/.test(there)) wrong.push(`${path}: ${there} is not ${text}`);
    }
  }
  return wrong;
}
