import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { aCapture, aDetection, anExchange, START } from '../evidence/samples.ts';
import { telltale } from './telltale.ts';

const db = join(mkdtempSync(join(tmpdir(), 'telltale-lists-')), 'lists.db');

beforeAll(() => {
  const writer = EvidenceWriter.open(db);
  for (const name of ['night-1', 'night-2']) {
    const capture = writer.beginCapture(aCapture(name));
    const requestBody = writer.putBody(Buffer.from('a body'));
    writer.addExchange(
      anExchange(capture, {
        requestBody,
        findings: [aDetection()],
        gaps: [{ kind: 'decode-failed', at: ['response', 'body', 'gzip'], bytesUnread: 12, detail: '=1+1, "x"' }],
      }),
    );
    writer.addExchange(anExchange(capture, { response: null, error: 'reset' }));
  }
  writer.close();
});

describe('telltale exchanges and findings', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'telltale-addresses-')), 'addresses.db');
  const target = '/u/R58M45ABCDE/report?n=17&imei=867532051234567';
  beforeAll(() => {
    const writer = EvidenceWriter.open(file);
    const exchange = anExchange(writer.beginCapture(aCapture('night-1')));
    const found = (step: string) => ({ ...aDetection(), place: 'url' as const, field: step, decodeChain: [step] });
    writer.addExchange({
      ...exchange,
      request: { ...exchange.request, target },
      findings: [found('path:1'), found('query:imei'), aDetection()],
    });
    writer.close();
  });

  it.each([
    ['leave out of addresses what was found in them', [], '/u/…/report?n=17&imei=…'],
    ['give addresses whole when asked to', ['--reveal'], target],
  ])('%s', (_, flags, shown) => {
    for (const command of ['exchanges', 'findings']) {
      const { stdout } = telltale([command, '--db', file, '--format', 'json', ...flags]);
      const urls = (JSON.parse(stdout) as { url: string }[]).map(({ url }) => url);
      expect(new Set(urls)).toEqual(new Set([`https://ulogs.umeng.com${shown}`]));
    }
  });
});

describe('telltale exchanges, findings, gaps', () => {
  it('print the documented JSON', () => {
    const exchanges = telltale(['exchanges', '--db', db, '--capture', 'night-1', '--format', 'json']);
    expect(exchanges.status).toBe(0);
    expect(JSON.parse(exchanges.stdout)).toEqual([
      {
        id: 1,
        capture: 'night-1',
        started_at: new Date(START + 1_000).toISOString(),
        ended_at: new Date(START + 1_250).toISOString(),
        phase: 'unknown',
        device: 'redmi-k40',
        method: 'POST',
        url: 'https://ulogs.umeng.com/unify_logs?v=1',
        host: 'ulogs.umeng.com',
        port: 443,
        status: 200,
        recipient: { kind: 'sdk', id: 'umeng', name: '友盟+ U-App' },
        request_bytes: 6,
        response_bytes: 0,
        request_sha256: '771824de42287642fa0fbe0b568b80cc3290e29b7d3cd6efbc7b1b8eb1037b04',
        response_sha256: null,
        findings: 1,
        error: null,
      },
      expect.objectContaining({ id: 2, status: null, error: 'reset', findings: 0, request_sha256: null }),
    ]);
    const findings = JSON.parse(telltale(['findings', '--db', db, '--format', 'json']).stdout) as object[];
    expect(findings).toHaveLength(2);
    expect(findings[0]).toEqual({
      id: 1,
      exchange: 1,
      capture: 'night-1',
      observed_at: new Date(START + 1_000).toISOString(),
      phase: 'unknown',
      recipient: { kind: 'sdk', id: 'umeng', name: '友盟+ U-App' },
      host: 'ulogs.umeng.com',
      method: 'POST',
      url: 'https://ulogs.umeng.com/unify_logs?v=1',
      direction: 'request',
      place: 'body',
      field: 'header.idmd5',
      decode_chain: ['gzip', 'json:header.idmd5'],
      offset: 112,
      length: 32,
      data_type: 'imei',
      transform: 'md5-hex',
      match: 'known-value',
      value_masked: '8675…567',
    });
    const gaps = telltale(['gaps', '--db', db, '--format', 'jsonl', '--limit', '1']).stdout;
    expect(JSON.parse(gaps)).toEqual({
      id: 1,
      capture: 'night-1',
      exchange: 1,
      at: new Date(START + 1_000).toISOString(),
      kind: 'decode-failed',
      host: 'ulogs.umeng.com',
      port: 443,
      recipient: { kind: 'sdk', id: 'umeng', name: '友盟+ U-App' },
      place: ['response', 'body', 'gzip'],
      bytes_unread: 12,
      detail: '=1+1, "x"',
      facts: {},
    });
  });

  it('print CSV that a spreadsheet does not run, and a table', () => {
    const csv = telltale(['gaps', '--db', db, '--capture', 'night-2', '--format', 'csv']).stdout;
    expect(csv.split('\r\n')[0]).toBe(
      'id,capture,exchange,at,kind,host,port,recipient,place,bytes_unread,detail,facts',
    );
    expect(csv).toContain(`,"'=1+1, ""x""",`);
    const shown = telltale(['findings', '--db', db]).stdout.split('\n');
    expect(shown).toHaveLength(5);
    expect(shown[2]).toMatch(/1 +20:00:01.000 +unknown +umeng +imei +8675…567 +md5-hex +known-value/);
  });

  it.each([
    [['findings', '--db', '/no/such.db'], 'There is no evidence file at /no/such.db'],
    [['gaps', '--db', db, '--capture', 'x'], 'It holds: night-2, night-1'],
    [['gaps', '--db', db, '--limit', 'x'], "option '--limit <N>' argument 'x' is invalid. Expected a whole number."],
    [['gaps'], "required option '--db <FILE>'"],
  ])('%j ends with one line and exit code 2', (args, line) => {
    const { status, stdout, stderr } = telltale(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(line);
  });

  it('prints an empty list when there is nothing', () => {
    expect(telltale(['exchanges', '--db', db, '--limit', '0', '--format', 'json']).stdout).toBe('[]\n');
  });
});
