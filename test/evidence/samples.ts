import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { NewCapture, NewExchange } from '../../src/model/evidence.ts';
import type { Detection } from '../../src/model/finding.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-evidence-'));
  folders.push(folder);
  return folder;
}

export function temporaryFile(name = 'test.db'): string {
  return join(temporaryFolder(), name);
}

/** 2026-11-21T20:00:00Z. */
export const START = Date.UTC(2026, 10, 21, 20);

export function aCapture(name: string): NewCapture {
  return { name, startedAt: START, app: 'com.example.app', deviceName: 'redmi-k40', facts: { version: '0.1.0' } };
}

export function aDetection(changes: Partial<Detection> = {}): Detection {
  return {
    dataType: 'imei',
    valueIndex: 0,
    direction: 'request',
    place: 'body',
    field: 'header.idmd5',
    decodeChain: ['gzip', 'json:header.idmd5'],
    offset: 112,
    length: 32,
    transform: 'md5-hex',
    match: 'known-value',
    value: '867532051234567',
    message: null,
    ...changes,
  };
}

export function anExchange(capture: number, changes: Partial<NewExchange> = {}): NewExchange {
  return {
    capture,
    connection: null,
    startedAt: START + 1_000,
    endedAt: START + 1_250,
    request: {
      method: 'POST',
      scheme: 'https',
      host: 'ulogs.umeng.com',
      port: 443,
      target: '/unify_logs?v=1',
      httpVersion: '1.1',
      headers: [
        ['Host', 'ulogs.umeng.com'],
        ['X-Twice', 'a'],
        ['x-twice', 'b\u00e9'],
      ],
    },
    requestTrailers: [],
    requestBody: null,
    response: { status: 200, reason: 'OK', httpVersion: '1.1', headers: [['Content-Type', 'text/plain']] },
    responseTrailers: [['X-End', '1']],
    responseBody: null,
    serverAddress: '192.0.2.7',
    recipient: { kind: 'sdk', id: 'umeng', name: '友盟+ U-App' },
    error: null,
    messages: [],
    findings: [],
    gaps: [],
    ...changes,
  };
}
