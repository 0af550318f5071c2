import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('an evidence file survives ten kills at random moments', { timeout: 180_000 }, () => {
  const script = resolve(import.meta.dirname, '../../scripts/torture.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '10', '7'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^10 kills \(seed 7\): \d+ exchanges, \d+ seals, .* all whole\n/);
});
