import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/model/comparison.ts';
import { startCapture } from '../kit/capture.ts';
import { PROFILE, writeProfile } from '../kit/profile.ts';
import { send, tlsThroughProxy } from '../kit/proxied-client.ts';
import { telltale } from '../kit/telltale.ts';

/** Policies of real apps that are not part of the project; where they lie beside it, they are judged. */
const seeds = resolve(import.meta.dirname, '../../../shared/seeds');

const { identifiers: ids, location } = PROFILE;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** What the simulated phone sends: host → fields of a gzipped JSON body. */
type Sendings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Case {
  readonly seed: string;
  readonly sends: Sendings;
  /** Hosts whose certificate the app refuses. */
  readonly pinned?: readonly string[];
  /** Verdicts on everything seen, as a careful reader of the policy gives them: written before the first run. */
  readonly seen: readonly string[];
  /** Some of the verdicts on what was declared and not seen. */
  readonly unseen: readonly string[];
}

const imei = { imei: ids.imei[0] };
const imeiMd5 = { u: md5(ids.imei[0]) };
const mac = { mac: ids.mac_address[0] };
const androidId = { aid: ids.android_id[0] };
const oaid = { oaid: ids.oaid[0] };
const place = { lng: location.longitude, lat: location.latitude };

const cases: readonly Case[] = [
  {
    // 友盟 and 支付宝: 设备信息. 高德: 位置信息. Push SDKs: 设备标识符. The app itself: IMEI, MAC and 唯一设备标识符.
    seed: '000',
    sends: {
      'ulogs.umeng.com': { ...imeiMd5, ...mac },
      'apilocate.amap.com': { ...place },
      'app.chat.xiaomi.net': { ...oaid },
      'sdk.open.talk.getui.net': { ...imei },
      'api.qingtui.example': { ...imei, ...androidId, phone: ids.phone_number[0] },
    },
    pinned: ['pingma.qq.com'],
    seen: [
      'first-party imei consistent',
      'first-party android_id vague',
      'first-party phone_number consistent',
      'amap location_precise vague',
      'getui imei undeclared-recipient',
      'umeng imei vague',
      'umeng mac_address vague',
      'xiaomi-push oaid vague',
    ],
    unseen: ['tencent-mta crash_log undecided', 'wechat-opensdk user_id unobserved', 'alipay device_info unobserved'],
  },
  {
    // 个推: 设备标识符, 位置, MAC. 友盟: 序列号, 位置. Bugly: SIM 卡序列号 and 设备标识符. Everything twice, in two languages.
    seed: '001',
    sends: {
      'sdk.open.talk.getui.net': { ...mac, ...imeiMd5 },
      'ulogs.umeng.com': { sn: ids.serial_number[0], ...imei },
      'android.bugly.qq.com': { sim: ids.iccid[0], ...mac },
      'stats.jpush.cn': { ...oaid },
    },
    seen: [
      'getui imei vague',
      'getui mac_address consistent',
      'jpush oaid undeclared-recipient',
      'tencent-bugly iccid consistent',
      'tencent-bugly mac_address consistent',
      'umeng imei undeclared',
      'umeng serial_number consistent',
    ],
    unseen: ['umeng location unobserved', 'amap mac_address unobserved', 'wechat-opensdk carrier unobserved'],
  },
  {
    // 百度地图: 安卓 ID, GNSS 信息. 友盟: IMEI, 安卓 ID. Bugly: 设备标识符.
    seed: '002',
    sends: {
      'loc.map.baidu.com': { ...androidId, ...place },
      'ulogs.umeng.com': { ...imei, ...androidId, ...mac },
      'android.bugly.qq.com': { ...imeiMd5 },
    },
    seen: [
      'baidu-map-location android_id consistent',
      'baidu-map-location location_precise consistent',
      'tencent-bugly imei vague',
      'umeng imei consistent',
      'umeng android_id consistent',
      'umeng mac_address undeclared',
    ],
    unseen: ['huawei-hms-push imei unobserved', 'tencent-x5-tbs imsi unobserved'],
  },
  {
    // 极光: IMEI, MAC, IMSI and more. 魅族: 运行中的进程 only. Bugly: 设备信息, Android ID.
    seed: '003',
    sends: {
      'stats.jpush.cn': { ...imeiMd5, ...mac, imsi: ids.imsi[0] },
      'api-push.meizu.com': { ...imei },
      'android.bugly.qq.com': { ...androidId, ...imeiMd5 },
      'ulogs.umeng.com': { ...oaid },
    },
    seen: [
      'jpush imei consistent',
      'jpush imsi consistent',
      'jpush mac_address consistent',
      'meizu-flyme-push imei undeclared',
      'tencent-bugly imei vague',
      'tencent-bugly android_id consistent',
      'umeng oaid vague',
    ],
    unseen: ['xiaomi-push oaid unobserved', 'qq-connect iccid unobserved'],
  },
  {
    // No SDK is named any more (the one entry was deleted). The app itself: 设备信息, 位置, 手机号.
    seed: '004',
    sends: {
      'sdk.open.talk.getui.net': { ...imei },
      'api.qingtui.example': { ...imei, ...place, phone: ids.phone_number[0] },
    },
    seen: [
      'first-party imei vague',
      'first-party location_precise vague',
      'first-party phone_number consistent',
      'getui imei undeclared-recipient',
    ],
    unseen: ['first-party email unobserved'],
  },
];

function seedFile(number: string): string | null {
  const name = existsSync(seeds) ? readdirSync(seeds).find((one) => one.startsWith(`${number}_`)) : undefined;
  return name === undefined ? null : join(seeds, name);
}

/** Sends everything through the real proxy to a real server that stands for all hosts; gives the evidence file. */
async function capture({ sends, pinned = [] }: Case): Promise<string> {
  const app = ['--app', 'com.example.seed', '--first-party', 'api.qingtui.example'];
  const { db, proxy, origin, connect } = await startCapture((_, response) => response.end('{}'), {
    hosts: [...Object.keys(sends), ...pinned],
    options: (folder) => ['--device', writeProfile(folder), ...app],
  });
  for (const [host, fields] of Object.entries(sends)) {
    const agent = await connect(host);
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    await send(agent, { host, path: '/', method: 'POST', headers }, gzipSync(JSON.stringify({ head: fields })));
    agent.destroy();
  }
  for (const host of pinned) await expect(tlsThroughProxy(proxy.port, host, origin.caFile)).rejects.toThrow();
  expect((await proxy.stop()).status).toBe(0);
  return db;
}

describe('the policies of real apps against a simulated capture', () => {
  for (const one of cases) {
    const policy = seedFile(one.seed);
    it.skipIf(policy === null)(
      `${one.seed}${policy === null ? ' (skipped: the policies are not here)' : ''}`,
      async () => {
        const db = await capture(one);
        const { status, stdout } = telltale('compare', '--db', db, '--policy', policy as string, '--format', 'json');
        expect(status).toBe(0);
        const { verdicts } = JSON.parse(stdout) as Comparison;
        const line = ({ recipient, data_type, verdict }: Comparison['verdicts'][number]) =>
          `${recipient.kind === 'first-party' ? 'first-party' : recipient.id} ${data_type} ${verdict}`;
        expect(verdicts.filter(({ observed }) => observed).map(line)).toEqual(one.seen);
        expect(verdicts.filter(({ observed }) => !observed).map(line)).toEqual(expect.arrayContaining([...one.unseen]));
      },
    );
  }
});
