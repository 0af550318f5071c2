import { expect, it } from 'vitest';
import { moreOf } from '../../src/report/html/verdicts.ts';

it.each([
  ['precise location', 'precise location, coordinates', 'coordinates'],
  ['精确位置', '精确位置、经纬度', '经纬度'],
  ['运营商', '运营商（名称）、ISP', '（名称）、ISP'],
  ['IMEI', 'IMEI', null],
  ['IMEI', '国际移动设备识别码', '国际移动设备识别码'],
  ['IP', 'IP address, network address', 'IP address, network address'],
  ['push token', 'push tokens', 'push tokens'],
])('%s is followed by what %s says more: %s', (short, name, more) => {
  expect(moreOf({ short, name })).toBe(more);
});
