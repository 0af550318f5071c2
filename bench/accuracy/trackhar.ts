import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DeviceProfile } from '../../src/model/device-profile.ts';
import { urlOf } from '../../src/model/exchange.ts';
import type { Sample } from './containers.ts';

/** Data types that a peer finds in a request. */
export type Peer = (sample: Sample) => Promise<ReadonlySet<string>>;

interface TrackHar {
  process(
    har: unknown,
    options: { indicatorValues: Record<string, readonly string[]> },
  ): Promise<(readonly { property: string }[] | undefined)[]>;
}

/** TrackHAR with the phone's values as indicators; null when it is not installed (npm ci --prefix bench). */
export async function trackHar(phone: DeviceProfile): Promise<Peer | null> {
  const path = join(process.cwd(), 'bench', 'node_modules', 'trackhar', 'dist', 'index.js');
  if (!existsSync(path)) return null;
  const library = (await import(pathToFileURL(path).href)) as TrackHar;
  return async (sample) => {
    const har = { log: { version: '1.2', creator: { name: 'bench', version: '1' }, entries: [entryOf(sample)] } };
    const [found] = await library.process(har, { indicatorValues: phone.identifiers });
    return new Set((found ?? []).map(({ property }) => property));
  };
}

function entryOf({ head, body }: Sample): unknown {
  const headers = head.headers.map(([name, value]) => ({ name, value }));
  const mimeType = headers.find(({ name }) => name === 'Content-Type')?.value ?? '';
  const cookie = headers.find(({ name }) => name === 'Cookie')?.value ?? '';
  const cookies = cookie
    .split('; ')
    .map((pair) => ({ name: pair.split('=')[0], value: pair.split('=').slice(1).join('=') }));
  const postData = body.length === 0 ? undefined : { mimeType, text: Buffer.from(body).toString('utf8') };
  const request = {
    method: head.method,
    url: urlOf(head),
    httpVersion: 'HTTP/1.1',
    headers,
    cookies,
    queryString: [],
    postData,
  };
  return { startedDateTime: '2026-01-01T00:00:00.000Z', time: 0, request, response: {}, cache: {}, timings: {} };
}
