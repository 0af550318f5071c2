/**
 * What it costs to judge a capture and to render its report, by the number of exchanges: milliseconds, and how large the result is.
 * Everything is in memory; reading the evidence file is measured elsewhere.
 */
import { resolve } from 'node:path';
import { compare } from '../src/compare/compare.ts';
import { parseRules } from '../src/compare/parse-rules.ts';
import type { Recipient } from '../src/model/recipient.ts';
import { makeReportValue } from '../src/report/make-report-value.ts';
import { renderReport } from '../src/report/render.ts';
import { loadSignatureData } from '../src/signatures/load.ts';
import { ADS, APP, aCapture, anSdk, aPolicy, type Sending, UMENG } from '../test/compare/a-capture.ts';
import { machine } from './machine.ts';

const { signatures, taxonomy, raw } = loadSignatureData({ extraFolder: resolve('signatures') });
const { rules, categories } = parseRules(raw.rules, 'cn');
const recipients: readonly Recipient[] = [
  UMENG,
  ADS,
  APP,
  ...Array.from({ length: 60 }, (_, at) => ({ kind: 'third-party' as const, id: `t${at}.test`, name: `t${at}.test` })),
];

console.log(machine());
console.log(`${recipients.length} recipients, one finding for two exchanges, 500 gaps; one run each\n`);

for (const exchanges of [1_000, 10_000, 100_000, 1_000_000]) {
  const sendings = Array.from({ length: exchanges }, (_, at): Sending => {
    const types = at % 4 === 0 ? ['imei', 'oaid'] : [];
    return { to: recipients[at % recipients.length] as Recipient, at: at / 10, types };
  });
  const gaps = Array.from({ length: 500 }, (_, at) => ({ kind: 'tls-rejected' as const, host: `h${at}.test` }));
  const evidence = aCapture({ marks: [['consent', 100]], sendings, gaps });
  const declaration = aPolicy([anSdk('umeng', ['imei'])], ['imei']);
  const countryOf = () => 'US';
  const language = 'zh';
  const common = { declaration, evidence, taxonomy, rules, countryOf, language } as const;
  const comparison = measured(`${exchanges} exchanges: compare`, () =>
    compare({ ...common, policyName: 'policy', signatures, categories, consentAfterSeconds: null, category: null }),
  );
  const value = measured('  gather the report', () =>
    makeReportValue({ ...common, comparison, tool: { name: 'telltale', version: '0' }, baseline: null }),
  );
  for (const format of ['html', 'md', 'json', 'csv', 'sarif', 'junit'] as const) {
    measured(`  ${format}`, () => {
      let characters = 0;
      for (const piece of renderReport(value, format, language)) characters += piece.length;
      return characters;
    });
  }
}

function measured<Result>(name: string, work: () => Result): Result {
  const start = performance.now();
  const result = work();
  const ms = (performance.now() - start).toFixed(0).padStart(6);
  const size = typeof result === 'number' ? `  ${(result / 1e6).toFixed(1)} M characters` : '';
  console.log(`${name.padEnd(32)}${ms} ms${size}`);
  return result;
}
