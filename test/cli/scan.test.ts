import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'telltale-scan-'));
const device = join(folder, 'phone.json');
const body = join(folder, 'body.json');

beforeAll(() => {
  writeFileSync(device, JSON.stringify({ name: 'phone', identifiers: { imei: ['867532051234567'] } }));
  writeFileSync(body, '{"header":{"imei":"867532051234567"}}');
});

afterAll(() => rmSync(folder, { recursive: true }));

function scan(...args: string[]) {
  return spawnSync(process.execPath, [main, 'scan', ...args], { encoding: 'utf8' });
}

describe('telltale scan', () => {
  it('prints findings as JSON, masked, with the way to each', () => {
    const { status, stdout, stderr } = scan(body, '--device', device, '--format', 'json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([
      {
        file: body,
        place: 'body',
        field: 'header.imei',
        decode_chain: ['json:header.imei'],
        offset: 19,
        length: 15,
        data_type: 'imei',
        transform: 'plain',
        match: 'known-value',
        value_masked: '8675…567',
      },
    ]);
  });

  it('prints a table that shows no value', () => {
    const { stdout } = scan(body, '--device', device);
    expect(stdout).toContain('json:header.imei');
    expect(stdout).not.toContain('867532051234567');
  });

  it.each([
    [['nothing-here', '--device', device], /Cannot read nothing-here/],
    [[body], /--device/],
    [[body, '--device', body], /body\.json/],
  ])('with %j ends with status 2 and one line', (args, message) => {
    const { status, stderr, stdout } = scan(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});
