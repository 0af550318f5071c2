import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { RecentBodies } from '../../src/evidence/recent-bodies.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('names every body by its own bytes, also those that differ in one byte, length or order from the one before', () => {
  const recent = new RecentBodies();
  const bodies = [0, 1, 2, 600, 601, 4_096, 4_097].flatMap((size) => {
    const body = Buffer.alloc(size, 'abc');
    const others =
      size < 2
        ? []
        : [0, size - 2, size - 1].map((at) => Buffer.from(body.map((byte, index) => (index === at ? 1 : byte))));
    return [body, ...others, body, body];
  });
  for (const body of [...bodies, ...bodies.reverse()]) {
    expect(recent.sha256Of(body)).toBe(sha256(body));
    // The bytes may be another body's by then.
    const buffer = Buffer.from(body);
    recent.sha256Of(buffer);
    buffer.fill(7);
    expect(recent.sha256Of(buffer)).toBe(sha256(buffer));
  }
});
