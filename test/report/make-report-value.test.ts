import { describe, expect, it } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { makeReportValue } from '../../src/report/make-report-value.ts';
import { recipientKey } from '../../src/report/overview.ts';
import type { ReportValue } from '../../src/report/report-value.ts';
import { APP, aCapture, type CaptureSketch, signatures, taxonomy, UMENG } from '../compare/a-capture.ts';

function reportFrom(sketch: CaptureSketch, consentAfterSeconds: number | null = null): ReportValue {
  const evidence = aCapture(sketch);
  const comparison = compare({
    declaration: null,
    policyName: '',
    evidence,
    taxonomy,
    signatures,
    rules: [],
    consentAfterSeconds,
    category: null,
    countryOf: null,
    language: 'en',
  });
  return makeReportValue({
    tool: { name: 'telltale', version: '0.1.0' },
    comparison,
    evidence,
    declaration: null,
    taxonomy,
    rules: [],
    countryOf: (address) => (address === '203.0.113.5' ? 'US' : null),
    baseline: null,
    language: 'en',
  });
}

describe('makeReportValue', () => {
  it('gives findings the phases that they were judged by, in the order of time', () => {
    const sendings = [
      { to: UMENG, at: 30, types: ['imei'] },
      { to: UMENG, at: 5, types: ['imei'] },
    ];
    const phases = ({ findings }: ReportValue) => findings.map(({ exchange, phase }) => `${exchange} ${phase}`);
    expect(phases(reportFrom({ sendings }))).toEqual(['2 unknown', '1 unknown']);
    expect(phases(reportFrom({ sendings }, 10))).toEqual(['2 before-consent', '1 after-consent']);
  });

  it('leaves out what servers sent back, and exchanges that carried nothing', () => {
    const value = reportFrom({
      sendings: [
        { to: UMENG, types: ['imei'], finding: { direction: 'response' } },
        { to: UMENG },
        { to: UMENG, types: ['oaid'], server: '203.0.113.5' },
      ],
    });
    expect(value.findings.map(({ dataType }) => dataType)).toEqual(['oaid']);
    expect(value.exchanges.map(({ id, country }) => [id, country])).toEqual([[3, 'US']]);
  });

  it('takes the first party for one, whatever ids it goes by', () => {
    const other = { ...APP, id: 'shop.example', name: 'shop.example' };
    const value = reportFrom({
      sendings: [
        { to: APP, types: ['imei'] },
        { to: other, types: ['oaid'] },
      ],
    });
    expect(value.comparison.recipients).toHaveLength(1);
    expect(new Set(value.findings.map(({ recipient }) => recipientKey(recipient)))).toEqual(new Set(['first-party']));
  });

  it('names the data types that it shows, in the order of the taxonomy, unknown ones last', () => {
    const value = reportFrom({ sendings: [{ to: UMENG, types: ['x-own', 'oaid', 'imei', 'location_precise'] }] });
    expect(value.types.map(({ id, short, name }) => `${id}: ${short}, ${name}`)).toEqual([
      'imei: IMEI, IMEI',
      'oaid: OAID, OAID',
      'location_precise: precise location, precise location, coordinates',
      'x-own: x-own, x-own',
    ]);
    expect(value.types.map(({ immutable, sensitive }) => [immutable, sensitive])).toEqual([
      [true, false],
      [false, false],
      [false, true],
      [false, false],
    ]);
  });
});
