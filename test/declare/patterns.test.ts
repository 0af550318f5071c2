import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { PATTERN_NAMES, WRITTEN_NAMES } from '../../src/declare/words.ts';
import { telltaleUnder } from '../kit/telltale.ts';

const policy = resolve(import.meta.dirname, '../fixtures/policies/mainstream.txt');

it('has machine code made at once of the patterns that policies are read with', () => {
  // V8 writes a line for each pattern of which it leaves out the bytecode, because the first text is long.
  const { stdout } = telltaleUnder(['--trace-regexp-tier-up'], 'policy', 'extract', policy, '--format', 'json');
  const atOnce = stdout.split('Forcing tier-up for very long strings').length - 1;
  expect(atOnce).toBeGreaterThanOrEqual(PATTERN_NAMES.length + WRITTEN_NAMES.length);
});
