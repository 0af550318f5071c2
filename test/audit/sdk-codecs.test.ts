import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadSdkCodecs } from '../../src/audit/sdk-codecs.ts';
import { packagedFolder } from '../../src/signatures/folder.ts';

const own = mkdtempSync(join(tmpdir(), 'telltale-codecs-'));
afterAll(() => rmSync(own, { recursive: true }));
const shipped = JSON.parse(readFileSync(join(packagedFolder(), 'sdks', 'zxing.json'), 'utf8'));
mkdirSync(join(own, 'sdks'));
writeFileSync(join(own, 'sdks', 'zxing.json'), JSON.stringify({ ...shipped, codec: 'tencent-mta' }));

it.each([
  // kind, id, operator's folder, codec
  ['sdk', 'tencent-mta', null, 'tencent-mta'],
  ['sdk', 'zxing', null, undefined],
  ['sdk', 'zxing', own, 'tencent-mta'],
  ['third-party', 'tencent-mta', null, undefined],
  ['sdk', 'nobody', null, undefined],
] as const)('the codec of %s %s with the folder %s is %s', (kind, id, extraFolder, name) => {
  expect(loadSdkCodecs({ extraFolder }).codecFor({ kind, id, name: id })?.name).toBe(name);
});
