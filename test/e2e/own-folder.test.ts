import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const source = 'https://docs.acme-sdk.com/http-api';
const acme = {
  id: 'acme',
  name: '顶点统计',
  names: { zh: '顶点统计', en: 'Acme' },
  aliases: [],
  packages: ['com.acme'],
  vendor: {
    name: 'Acme Inc.',
    country: 'US',
    domains: ['acme-sdk.com'],
    sources: ['https://www.acme-sdk.com/imprint'],
    checked_on: '2026-11-21',
  },
  category: 'analytics',
  network: 'https',
  hosts: [{ host: 'in.acme-sdk.com', confidence: 'high', sources: [source] }],
  sources: [source],
  checked_on: '2026-11-21',
  samples: {
    match: ['https://in.acme-sdk.com/v1', 'https://in.acme-sdk.com/v2'],
    miss: ['https://www.acme-sdk.com/', 'https://in.acme-sdk.com.evil.example/'],
  },
};
const badge = {
  group: 'Device identifiers',
  class: 'id',
  parents: ['device_identifier'],
  names: { zh: '工牌号', en: 'badge number' },
  surfaces: { zh: ['工牌号'], en: ['badge number'] },
  key_names: ['badge'],
  immutable: false,
  sensitive: false,
};

/** One request, as a HAR file. */
function harOf(url: string): string {
  const request = { method: 'GET', url, httpVersion: 'HTTP/1.1', headers: [], queryString: [], cookies: [] };
  const response = { status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', headers: [], cookies: [] };
  const entry = {
    startedDateTime: '2026-11-21T20:00:00Z',
    time: 1,
    request: { ...request, headersSize: -1, bodySize: 0 },
    response: { ...response, content: { size: 0, mimeType: '' }, redirectURL: '', headersSize: -1, bodySize: 0 },
    cache: {},
    timings: { send: 0, wait: 1, receive: 0 },
  };
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'test', version: '1' }, entries: [entry] } });
}

it('a folder of one’s own adds an SDK and a data type to every command on the way', () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  mkdirSync(at('own/sdks'), { recursive: true });
  writeFileSync(at('own/sdks/acme.json'), JSON.stringify(acme));
  writeFileSync(at('own/data-types.json'), JSON.stringify({ badge_number: badge }));
  writeFileSync(at('one.har'), harOf('https://in.acme-sdk.com/v1?b=BDG-20417-K'));
  writeFileSync(at('body.txt'), 'b=BDG-20417-K');
  writeFileSync(at('policy.md'), '# 隐私政策\n\n| SDK名称 | 收集信息 |\n|---|---|\n| 顶点统计SDK | 工牌号 |\n');
  const own = ['--signatures', at('own')];
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = telltale(...args, ...own);
    expect(`${status} ${stderr}`).toMatch(/^0 /);
    return stdout;
  };

  expect(telltale('device', 'add', at('phone.json'), '--id', 'badge_number=BDG-20417-K').status).toBe(2);
  run('device', 'add', at('phone.json'), '--id', 'badge_number=BDG-20417-K');
  expect(run('device', 'show', at('phone.json'))).toContain('badge_number');
  expect(run('scan', at('body.txt'), '--device', at('phone.json'), '--format', 'json')).toContain('badge_number');
  expect(run('signatures', 'lint')).toContain('All signatures hold');
  run('import', at('one.har'), '--db', at('e.db'), '--device', at('phone.json'));
  expect(JSON.parse(telltale('findings', '--db', at('e.db'), '--format', 'jsonl').stdout)).toMatchObject({
    recipient: { kind: 'sdk', id: 'acme', name: '顶点统计' },
    data_type: 'badge_number',
  });
  const { verdicts } = JSON.parse(run('compare', '--db', at('e.db'), '--policy', at('policy.md'), '--format', 'json'));
  expect(verdicts).toMatchObject([
    { recipient: { id: 'acme' }, data_type: 'badge_number', declared: 'clear', verdict: 'consistent' },
  ]);
});
