import { expect, it } from 'vitest';
import { headersForHttp2 } from '../../../src/intercept/http2/translate.ts';

it('leaves out what Connection names, also behind a run of spaces as long as a head may be', () => {
  const headers = [
    ['Connection', `close,${' '.repeat(120_000)}X-Hop${' '.repeat(120_000)}, keep-alive`],
    ['X-Hop', '1'],
    ['Keep-Alive', 'timeout=5'],
    ['X-End', '2'],
  ] as const;
  expect({ ...headersForHttp2(headers, { ':status': '200' }) }).toEqual({ ':status': '200', 'x-end': '2' });
});
