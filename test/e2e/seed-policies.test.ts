import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { telltale } from '../kit/telltale.ts';

/** Five real policies lie beside the checkout on some machines; they are not ours to ship. */
const policies = resolve(import.meta.dirname, '../../../shared/seeds');
const there = existsSync(policies);

type Row = readonly [sdk: string, dataType: string, verdict: string];

/**
 * What must come out when the demo's phone is held against each policy, worked out by hand from the policy's own table and from
 * what each simulated SDK sends (src/audit/simulators/), before the comparison was run.
 */
const EXPECTED: Readonly<Record<string, readonly Row[]>> = {
  // SDK table: 友盟 设备信息; 腾讯MTA 崩溃信息; 小米推送 设备标识、用户标识; 高德 位置; 支付宝 设备信息; no 个推, Bugly, 百度, 魅族, 腾讯定位.
  '000_e9c8b314b540c2e0.txt': [
    ['umeng', 'imei', 'vague'],
    ['umeng', 'serial_number', 'vague'],
    ['umeng', 'android_id', 'vague'],
    ['umeng', 'oaid', 'vague'],
    ['umeng', 'mac_address', 'vague'],
    ['tencent-mta', 'imei', 'undeclared'],
    ['tencent-mta', 'android_id', 'undeclared'],
    ['tencent-mta', 'mac_address', 'undeclared'],
    ['tencent-mta', 'crash_log', 'unobserved'],
    ['xiaomi-push', 'imei', 'vague'],
    ['xiaomi-push', 'serial_number', 'vague'],
    ['xiaomi-push', 'android_id', 'vague'],
    ['xiaomi-push', 'device_model', 'undeclared'],
    ['amap', 'location', 'undecided'],
    ['alipay', 'device_info', 'undecided'],
    ['getui', 'imei', 'undeclared-recipient'],
    ['getui', 'mac_address', 'undeclared-recipient'],
    ['tencent-bugly', 'imei', 'undeclared-recipient'],
    ['baidu-map-location', 'imei', 'undeclared-recipient'],
    ['meizu-flyme-push', 'imei', 'undeclared-recipient'],
    ['tencent-location', 'android_id', 'undeclared-recipient'],
  ],
  // The table twice, in Chinese and English: 个推 设备识别码、位置、MAC; Bugly 设备ID、MAC、运营商…; 友盟 序列号、位置; 高德 Wi-Fi、位置….
  '001_0f880ed16c1b50fc.txt': [
    ['getui', 'imei', 'vague'],
    ['getui', 'imsi', 'vague'],
    ['getui', 'android_id', 'vague'],
    ['getui', 'mac_address', 'consistent'],
    ['getui', 'device_model', 'undeclared'],
    ['getui', 'os_version', 'undeclared'],
    ['getui', 'location', 'unobserved'],
    ['tencent-bugly', 'imei', 'vague'],
    ['tencent-bugly', 'imsi', 'vague'],
    ['tencent-bugly', 'android_id', 'vague'],
    ['tencent-bugly', 'mac_address', 'consistent'],
    ['tencent-bugly', 'carrier', 'undecided'],
    ['umeng', 'serial_number', 'consistent'],
    ['umeng', 'imei', 'undeclared'],
    ['umeng', 'android_id', 'undeclared'],
    ['umeng', 'oaid', 'undeclared'],
    ['umeng', 'mac_address', 'undeclared'],
    ['umeng', 'location', 'unobserved'],
    ['amap', 'location', 'undecided'],
    ['amap', 'wifi_info', 'undecided'],
    ['xiaomi-push', 'imei', 'undeclared-recipient'],
    ['tencent-mta', 'imei', 'undeclared-recipient'],
    ['baidu-map-location', 'imei', 'undeclared-recipient'],
  ],
  // 百度地图 Android ID、位置…, no IMEI; Bugly 设备标识…; 友盟 IMEI、机型、系统、Android ID…; X5 and TBS are one SDK.
  '002_390a5ae482b139f0.txt': [
    ['baidu-map-location', 'imei', 'undeclared'],
    ['baidu-map-location', 'os_type', 'undeclared'],
    ['tencent-bugly', 'imei', 'vague'],
    ['tencent-bugly', 'imsi', 'vague'],
    ['tencent-bugly', 'android_id', 'vague'],
    ['umeng', 'imei', 'consistent'],
    ['umeng', 'android_id', 'consistent'],
    ['umeng', 'serial_number', 'undeclared'],
    ['umeng', 'oaid', 'undeclared'],
    ['tencent-x5-tbs', 'imei', 'undecided'],
    ['tencent-x5-tbs', 'mac_address', 'undecided'],
    ['getui', 'imei', 'undeclared-recipient'],
    ['xiaomi-push', 'imei', 'undeclared-recipient'],
  ],
  // Long lists under 设备信息 for nearly every SDK; 魅族 only 正在运行的进程; 个推 and MTA are not named.
  '003_86218ad00212d305.txt': [
    ['baidu-map-location', 'imei', 'consistent'],
    ['baidu-map-location', 'os_type', 'vague'],
    ['umeng', 'imei', 'consistent'],
    ['umeng', 'mac_address', 'consistent'],
    ['umeng', 'android_id', 'consistent'],
    ['umeng', 'serial_number', 'vague'],
    ['umeng', 'oaid', 'vague'],
    ['umeng', 'installed_apps', 'unobserved'],
    ['xiaomi-push', 'imei', 'consistent'],
    ['xiaomi-push', 'android_id', 'consistent'],
    ['xiaomi-push', 'device_model', 'consistent'],
    ['xiaomi-push', 'serial_number', 'vague'],
    ['meizu-flyme-push', 'imei', 'undeclared'],
    ['tencent-bugly', 'android_id', 'consistent'],
    ['tencent-bugly', 'imei', 'vague'],
    ['tencent-bugly', 'mac_address', 'vague'],
    ['jpush', 'imei', 'undecided'],
    ['tencent-x5-tbs', 'device_model', 'undecided'],
    ['getui', 'imei', 'undeclared-recipient'],
    ['tencent-mta', 'imei', 'undeclared-recipient'],
  ],
  // Names no SDK at all.
  '004_9799170af68ae5f2.txt': [
    ['umeng', 'imei', 'undeclared-recipient'],
    ['getui', 'imei', 'undeclared-recipient'],
    ['tencent-bugly', 'android_id', 'undeclared-recipient'],
    ['xiaomi-push', 'serial_number', 'undeclared-recipient'],
  ],
};

describe.skipIf(!there)(
  `real policies against one simulated capture${there ? '' : ' (skipped: ../shared/seeds is not there)'}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'telltale-seeds-'));
    const capture = join(folder, 'demo');
    beforeAll(() => {
      expect(telltale('demo', '--out', capture).status).toBe(0);
      return () => rmSync(folder, { recursive: true, force: true });
    });

    it.each(Object.keys(EXPECTED))('%s', (policy) => {
      const { stdout } = telltale(
        'compare',
        '--db',
        join(capture, 'demo.db'),
        '--policy',
        join(policies, policy),
        '--format',
        'json',
      );
      const { verdicts } = JSON.parse(stdout) as {
        verdicts: { recipient: { id: string }; data_type: string; verdict: string }[];
      };
      const rows = EXPECTED[policy] as readonly Row[];
      const found = rows.map(([sdk, type]): Row => {
        const verdict = verdicts.find((one) => one.recipient.id === sdk && one.data_type === type);
        return [sdk, type, verdict?.verdict ?? 'none'];
      });
      expect(found).toEqual(rows);
    });
  },
);
