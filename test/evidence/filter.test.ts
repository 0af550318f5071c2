import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { FILTER_FIELDS } from '../../src/evidence/filter-fields.ts';
import { type Filter, parseFilter } from '../../src/evidence/filter-language.ts';
import type { Listed } from '../../src/evidence/filter-sql.ts';
import { aCapture, aDetection, anExchange, START, temporaryFile } from './samples.ts';

/** The filter with all its brackets. */
function written(filter: Filter): string {
  if (filter.type === 'not') return `!${written(filter.inner)}`;
  if (filter.type === 'compare')
    return `${filter.field}${filter.operator}${filter.values.map(({ text, isPattern }) => (isPattern ? `/${text}/` : text)).join(',')}`;
  return `(${written(filter.left)} ${filter.type} ${written(filter.right)})`;
}

describe('parseFilter', () => {
  it.each([
    ['sdk=umeng', 'sdk=umeng'],
    ['a=1 or b=2 and c=3', '(a=1 or (b=2 and c=3))'],
    ['(a=1 or b=2) and not c=3', '((a=1 or b=2) and !c=3)'],
    ['a=1 && b!=2 || !c~x', '((a=1 and b!=2) or !c~x)'],
    ['a=1&b=2|c=3', '((a=1 and b=2) or c=3)'],
    ['SDK == "u \\"x\\" (y)"', 'sdk=u "x" (y)'],
    ['type=imei, oaid ,mac', 'type=imei,oaid,mac'],
    ['path ~ /^\\/v\\d+$/', 'path~/^/v\\d+$/'],
    ['path=/v1/logs', 'path=/v1/logs'],
    ['path=/v1/', 'path~/'.replace('~/', '=/v1/')],
    ['status>=400 and status<500', '(status>=400 and status<500)'],
    ['order=1', 'order=1'],
    ['not not a=b', '!!a=b'],
  ])('reads %s', (text, brackets) => {
    expect(written(parseFilter(text))).toBe(brackets);
  });

  it.each([
    ['', 1, 'expected a field'],
    ['sdk', 4, 'expected one of ='],
    ['sdk=', 5, 'expected a value'],
    ['sdk=umeng type=imei', 11, 'expected and, or'],
    ['sdk=umeng and', 14, 'expected a field'],
    ['(sdk=umeng', 11, 'expected )'],
    ['host~"um', 6, 'not closed'],
    ['(((', 4, 'expected a field'],
    [`${'('.repeat(500)}a=1`, 102, 'no more than 100 levels'],
    [Array(401).fill('a=1').join('|'), 1_603, 'no more than 400 values'],
    [`a=${Array(401).fill('1').join(',')}`, 803, 'no more than 400 values'],
  ])('points at the column of %s', (text, column, expected) => {
    expect(() => parseFilter(text)).toThrow(`at column ${column}: `);
    expect(() => parseFilter(text)).toThrow(expected);
  });

  it('never fails in another way', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab=~!<>()"/\\,&| \norandot1'.split('')) }), (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'filter-invalid' });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('filters over an evidence file', () => {
  let reader: EvidenceReader;

  beforeAll(() => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    const first = writer.beginCapture(aCapture('night-1'));
    const body = writer.putBody(Buffer.alloc(5_000, 'x'));
    const { request, response } = anExchange(first);
    // 1: umeng, before consent, IMEI and OAID.
    writer.addExchange(
      anExchange(first, {
        requestBody: body,
        findings: [
          aDetection(),
          aDetection({ dataType: 'oaid', transform: 'plain', place: 'url', field: 'oaid', value: '2e66865617a9bf39' }),
        ],
      }),
    );
    // 2: another third party, after consent, failed.
    writer.addExchange(
      anExchange(first, {
        startedAt: START + 60_000,
        endedAt: START + 63_000,
        request: { ...request, method: 'GET', scheme: 'http', host: 'ads.example', port: 8080, target: '/V2/100%_x' },
        response: null,
        error: 'reset',
        recipient: { kind: 'third-party', id: 'ads.example', name: 'ads.example' },
        gaps: [{ kind: 'decode-failed', at: ['request', 'body'], bytesUnread: 3, detail: null }],
      }),
    );
    writer.addMark(first, { kind: 'consent', at: START + 30_000, note: null });
    const second = writer.beginCapture(aCapture('night-2'));
    // 3: first party in a capture without marks.
    writer.addExchange(
      anExchange(second, {
        startedAt: START + 86_400_000,
        request: { ...request, host: 'api.example', target: '/v1/100x_x' },
        response: { ...(response as NonNullable<typeof response>), status: 404 },
        recipient: { kind: 'first-party', id: 'com.example.app', name: 'com.example.app' },
        findings: [aDetection({ direction: 'response', match: 'structure' })],
      }),
    );
    writer.addGap({
      capture: second,
      connection: null,
      exchange: null,
      at: START,
      host: 'pinned.example',
      port: 443,
      recipient: { kind: 'sdk', id: 'getui', name: '个推' },
      gap: { kind: 'tls-rejected', at: [], bytesUnread: null, detail: null },
      facts: {},
    });
    writer.close();
    reader = EvidenceReader.open(path);
  });

  function listed(what: Listed, filter: string, more: object = {}): number[] {
    const selection = { capture: null, limit: null, filter, ...more };
    if (what === 'exchanges') return [...reader.exchanges(selection)].map(({ id }) => id);
    if (what === 'findings') return [...reader.findings(selection)].map(({ finding }) => finding.id);
    return [...reader.gaps(selection)].map(({ id }) => id);
  }

  it.each([
    ['exchanges', 'sdk=umeng and type=imei and phase=before-consent and host~"umeng"', [1]],
    ['exchanges', 'phase=after-consent', [2]],
    ['exchanges', 'phase=unknown', [3]],
    ['exchanges', 'phase!=before-consent', [2, 3]],
    ['exchanges', 'capture=night-1', [1, 2]],
    ['exchanges', 'HOST=ULOGS.umeng.com', [1]],
    ['exchanges', 'host~EXAMPLE', [2, 3]],
    ['exchanges', 'host!~example', [1]],
    ['exchanges', 'host~/^a.*e$/', [2, 3]],
    ['exchanges', 'path~"100%_"', [2]],
    ['exchanges', 'path~/^\\/v\\d/', [2, 3]],
    ['exchanges', 'query~v=', [1]],
    ['exchanges', 'not query~v=', [2, 3]],
    ['exchanges', 'status=404', [3]],
    ['exchanges', 'status!=404', [1, 2]],
    ['exchanges', 'status<500', [1, 3]],
    ['exchanges', 'error~reset', [2]],
    ['exchanges', 'error!=reset', [1, 3]],
    ['exchanges', 'method=get or method=put', [2]],
    ['exchanges', 'scheme=http', [2]],
    ['exchanges', 'port=8080,443', [1, 2, 3]],
    ['exchanges', 'party=first-party', [3]],
    ['exchanges', 'recipient~友盟', [1]],
    ['exchanges', 'sent>=5k', [1]],
    ['exchanges', 'sent=0', [2, 3]],
    ['exchanges', 'duration>1000', [2]],
    ['exchanges', 'findings=2', [1]],
    ['exchanges', 'type=oaid,mac_address', [1]],
    ['exchanges', 'type!=imei', [2]],
    ['exchanges', 'gap=decode-failed', [2]],
    ['exchanges', 'value=2E66865617A9BF39', [1]],
    ['exchanges', 'time>=2026-11-22', [3]],
    ['exchanges', 'time<2026-11-21T20:00:30', [1]],
    ['exchanges', 'time<2026-11-21T21:00:30+01:00', [1]],
    ['exchanges', 'id=2 or id>2', [2, 3]],
    ['exchanges', 'host="x\' OR 1=1 --"', []],
    ['findings', 'type=imei', [1, 3]],
    ['findings', 'type=imei and sdk=umeng', [1]],
    ['findings', 'transform~md5 and direction=response', [3]],
    ['findings', 'place=url', [2]],
    ['findings', 'field=oaid', [2]],
    ['findings', 'match=structure', [3]],
    ['findings', 'id=2', [2]],
    ['findings', 'phase=before-consent', [1, 2]],
    ['gaps', 'gap=tls-rejected', [2]],
    ['gaps', 'host=ads.example', [1]],
    ['gaps', 'sdk=getui', [2]],
    ['gaps', 'sdk!=getui', [1]],
    ['gaps', 'method=GET', [1]],
    ['gaps', 'method!=GET', [2]],
    ['gaps', 'phase=after-consent', [1]],
  ] as const)('%s: %s', (what, filter, ids) => {
    expect(listed(what, filter)).toEqual(ids);
  });

  it.each([
    ['exchanges', '-time', [3, 2, 1]],
    ['exchanges', '-sent', [1, 3, 2]],
    ['exchanges', 'host', [2, 3, 1]],
    ['findings', '-type', [2, 3, 1]],
    ['gaps', 'time', [2, 1]],
  ] as const)('sorts %s by %s', (what, sort, ids) => {
    expect(listed(what, '', { sort })).toEqual(ids);
  });

  it('takes a span of time and a limit', () => {
    expect(listed('exchanges', '', { from: START + 60_000, to: START + 86_400_000 })).toEqual([2]);
    expect(listed('exchanges', '', { limit: 2 })).toEqual([1, 2]);
  });

  it.each([
    ['tpye=imei', 'column 1: tpye is not a field; there are id, capture'],
    ['sdk=a and place=nowhere', 'column 17: place is one of url, header'],
    ['status=ok', 'column 8: expected a whole number'],
    ['status~4', 'column 8: numbers are compared with'],
    ['host>a', 'column 6: text is compared with'],
    ['host~/(/', 'column 6: Invalid regular expression'],
    ['time>yesterday', 'column 6: expected a time'],
    ['phase~consent', 'column 7: a phase is compared with'],
  ])('refuses %s', (filter, line) => {
    expect(() => listed('exchanges', filter)).toThrow(line);
  });

  it('reads every documented example, in every list', () => {
    for (const { example } of Object.values(FILTER_FIELDS))
      for (const what of ['exchanges', 'findings', 'gaps'] as const)
        expect(Array.isArray(listed(what, example)), `${what}: ${example}`).toBe(true);
  });

  it('sums up by host and by recipient, and the same with a filter that takes all', () => {
    const all = { capture: null, limit: null };
    for (const filter of [null, 'id>0']) {
      expect(reader.hosts({ ...all, filter })).toMatchObject([
        { host: 'ads.example', exchanges: 1, findings: 0, requestBytes: 0, firstAt: START + 60_000 },
        { host: 'api.example', exchanges: 1, findings: 1 },
        { host: 'ulogs.umeng.com', exchanges: 1, findings: 2, requestBytes: 5_000 },
      ]);
      expect(reader.recipients({ ...all, filter })[2]).toMatchObject({
        recipient: { kind: 'sdk', id: 'umeng' },
        hosts: 1,
        dataTypes: { imei: 1, oaid: 1 },
      });
    }
    expect(reader.recipients({ ...all, capture: 'night-2' }).map(({ recipient }) => recipient.id)).toEqual([
      'com.example.app',
    ]);
    expect(reader.hosts({ ...all, filter: 'phase=before-consent' }).map(({ host }) => host)).toEqual([
      'ulogs.umeng.com',
    ]);
  });
});
