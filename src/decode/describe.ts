import type { Headers } from '../model/exchange.ts';
import type { BodyDescription } from './decode-body.ts';

/** What a head says of the body that follows it. Several Content-Encoding lines count as one, in their order. */
export function describeBody(headers: Headers, whole: boolean): BodyDescription {
  let contentType: string | null = null;
  let contentEncodings: string[] = [];
  for (const [name, value] of headers) {
    const length = name.length;
    if (length === 12 && contentType === null && name.toLowerCase() === 'content-type') contentType = value.trim();
    if (length === 16 && name.toLowerCase() === 'content-encoding') {
      contentEncodings = [...contentEncodings, ...tokens(value)];
    }
  }
  return { contentType, contentEncodings, whole, codec: null, head: null };
}

function tokens(value: string): string[] {
  return value
    .split(',')
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '' && token !== 'identity');
}
