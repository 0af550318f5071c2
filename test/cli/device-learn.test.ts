import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** A capture of an app that sends an Android ID of its own three times, and a session that changes. */
function capture(folder: string): string {
  const entry = (n: number) => ({
    startedDateTime: `2026-01-01T00:00:0${n}.000Z`,
    time: 1,
    request: {
      method: 'POST',
      url: 'https://log.example.com/v1',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Content-Type', value: 'application/json' }],
      queryString: [],
      cookies: [],
      headersSize: -1,
      bodySize: -1,
      postData: {
        mimeType: 'application/json',
        text: `{"android_id":"1122334455667788","oaid":"112233445566770${n}"}`,
      },
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      headers: [],
      cookies: [],
      content: { size: 0, mimeType: '' },
      redirectURL: '',
      headersSize: -1,
      bodySize: 0,
    },
    cache: {},
    timings: { send: 0, wait: 1, receive: 0 },
  });
  const har = join(folder, 'a.har');
  writeFileSync(
    har,
    JSON.stringify({ log: { version: '1.2', creator: { name: 't', version: '1' }, entries: [1, 2, 3, 4].map(entry) } }),
  );
  const db = join(folder, 'a.db');
  const imported = telltale('import', har, '--db', db, '--app', 'com.example.shop');
  expect(imported.status).toBe(0);
  return db;
}

describe('telltale device learn', () => {
  it('proposes what a field keeps sending, masked, and adds it for the app alone', () => {
    const folder = temporaryFolder();
    const db = capture(folder);
    const device = join(folder, 'phone.json');
    writeFileSync(device, JSON.stringify({ name: 'phone', identifiers: { android_id: ['9f8e7d6c5b4a3921'] } }));
    const { status, stdout } = telltale('device', 'learn', '--db', db, '--device', device, '--format', 'json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      {
        data_type: 'android_id',
        value_masked: '1122…788',
        app: 'com.example.shop',
        fields: ['android_id'],
        hosts: ['log.example.com'],
        exchanges: [1, 2, 3, 4],
      },
    ]);
    expect(telltale('device', 'learn', '--db', db, '--device', device, '--add').status).toBe(0);
    expect(JSON.parse(readFileSync(device, 'utf8')).per_app).toEqual({
      'com.example.shop': { android_id: ['1122334455667788'] },
    });
    expect(telltale('device', 'learn', '--db', db, '--device', device).stdout).toContain('No value');
  });

  it.each([
    [['--db', 'none.db'], /no evidence file/],
    [['--db', 'none.db', '--add'], /--add needs --device/],
  ])('with %j ends with status 2 and one line', (args, message) => {
    const { status, stderr } = telltale('device', 'learn', ...args);
    expect([status, stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toMatch(message);
  });
});
