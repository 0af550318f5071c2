import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

it('the demo ends with the verdicts on a dozen SDKs, a report, and evidence that verifies', {
  timeout: 120_000,
}, () => {
  const folder = join(temporaryFolder(), 'demo');
  const { status, stdout, stderr } = telltale('demo', '--out', folder);
  expect(stderr).not.toMatch(/ {4}at /);
  expect(status).toBe(0);
  for (const name of ['友盟', '个推', '高德地图', 'Bugly']) expect(stdout).toContain(name);
  expect(existsSync(join(folder, 'report.html'))).toBe(true);
  const db = join(folder, 'demo.db');
  expect(telltale('verify', '--db', db).status).toBe(0);

  const compared = telltale('compare', '--db', db, '--policy', join(folder, 'policy.txt'), '--format', 'json');
  const { verdicts, coverage } = JSON.parse(compared.stdout) as {
    verdicts: {
      recipient: { kind: string; id: string };
      verdict: string;
      observed: boolean;
      violations: { name: string }[];
    }[];
    coverage: { exchanges: number };
  };
  const seen = new Set(
    verdicts.filter((one) => one.observed && one.recipient.kind === 'sdk').map((one) => one.recipient.id),
  );
  expect(seen.size).toBeGreaterThanOrEqual(8);
  expect(coverage.exchanges).toBeGreaterThan(25);
  const kinds = new Set(verdicts.map((one) => one.verdict));
  expect([...kinds].sort()).toEqual([
    'consistent',
    'undecided',
    'undeclared',
    'undeclared-recipient',
    'unobserved',
    'vague',
  ]);
  expect(verdicts.some((one) => one.violations.some((violation) => violation.name === 'before-consent'))).toBe(true);
  // Nobody's identifiers stand in what is shown around.
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).not.toMatch(/867532051234569|9f8e7d6c5b4a3921/);

  expect(telltale('demo', '--out', folder).status).toBe(2);
});
