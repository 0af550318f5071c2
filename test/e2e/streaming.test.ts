import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { expect, it } from 'vitest';
import { HOST, startCapture } from '../kit/capture.ts';
import { telltale } from '../kit/telltale.ts';

const MEGABYTE = 1024 * 1024;
const BODY_MEGABYTES = 200;
const RESIDENT_MEGABYTES_MAX = 300;

/** Bytes that do not compress and differ from megabyte to megabyte. */
function* megabytes(): Generator<Buffer> {
  let seed = 12_345;
  for (let index = 0; index < BODY_MEGABYTES; index += 1) {
    const chunk = Buffer.alloc(MEGABYTE);
    for (let at = 0; at < MEGABYTE; at += 4) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0;
      chunk.writeInt32LE(seed, at);
    }
    yield chunk;
  }
}

const linux = existsSync('/proc/self/status');

it.skipIf(!linux)(
  `200 MB up and 200 MB down stay under 300 MB of memory${linux ? '' : ' (skipped: needs /proc)'}`,
  { timeout: 180_000 },
  async () => {
    const hash = createHash('sha256');
    for (const chunk of megabytes()) hash.update(chunk);
    const expected = hash.digest('hex');
    const { db, proxy, origin, connect } = await startCapture(async (_, response) => {
      for (const chunk of megabytes()) {
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    });
    const agent = await connect();
    const received = await new Promise<string>((settle, fail) => {
      const request = httpsRequest({ agent, host: HOST, path: '/both', method: 'POST' }, (response) => {
        const got = createHash('sha256');
        response.on('data', (chunk: Buffer) => got.update(chunk));
        response.on('end', () => settle(got.digest('hex')));
        response.on('error', fail);
      });
      request.on('error', fail);
      const upload = async () => {
        for (const chunk of megabytes()) {
          if (!request.write(chunk)) await new Promise((resolve) => request.once('drain', resolve));
        }
        request.end();
      };
      void upload();
    });
    const peak =
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${proxy.process.pid}/status`, 'utf8'))?.[1]) / 1024;
    agent.destroy();
    expect((await proxy.stop()).status).toBe(0);
    expect(received).toBe(expected);
    expect(origin.seen).toMatchObject([{ bodySha256: expected, bodySize: BODY_MEGABYTES * MEGABYTE }]);
    expect(peak).toBeLessThan(RESIDENT_MEGABYTES_MAX);
    // What was too long to decode is said, both ways.
    const gaps = JSON.parse(telltale('gaps', '--db', db, '--format', 'json').stdout) as {
      kind: string;
      place: string[];
    }[];
    expect(
      gaps
        .filter((gap) => gap.kind === 'limit-body-bytes')
        .map((gap) => gap.place[0])
        .sort(),
    ).toEqual(['request', 'response']);
  },
);
