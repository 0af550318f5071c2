import { join } from 'node:path';
import { compare } from '../../src/compare/compare.ts';
import { parseRules } from '../../src/compare/parse-rules.ts';
import type { Declaration } from '../../src/model/declaration.ts';
import type { CaptureEvidence } from '../../src/model/evidence.ts';
import type { Language } from '../../src/model/language.ts';
import type { Recipient } from '../../src/model/recipient.ts';
import type { Signature } from '../../src/model/signature.ts';
import { makeReportValue } from '../../src/report/make-report-value.ts';
import type { ReportValue } from '../../src/report/report-value.ts';
import { packagedFolder, readJsonFile } from '../../src/signatures/folder.ts';
import {
  ADS,
  APP,
  aCapture,
  anSdk,
  aPolicy,
  aSignature,
  type CaptureSketch,
  OTHER,
  type Sending,
  taxonomy,
  UMENG,
} from '../compare/a-capture.ts';

const PUSH: Recipient = { kind: 'sdk', id: 'lark-push', name: '云雀推送' };
const MAP: Recipient = { kind: 'sdk', id: 'compass-map', name: '罗盘地图' };
const CRASH: Recipient = { kind: 'sdk', id: 'crash-box', name: 'CrashBox' };

const signatures: readonly Signature[] = [
  aSignature('umeng', {
    names: { zh: '友盟+', en: 'Umeng' },
    vendor: { name: '友盟同欣科技', country: 'CN', domains: [] },
  }),
  aSignature('acme-ads', { category: 'ads', vendor: { name: 'Acme Inc.', country: 'US', domains: [] } }),
  aSignature('lark-push', {
    names: { zh: '云雀推送', en: 'Lark Push' },
    category: 'push',
    vendor: { name: '云雀科技', country: 'CN', domains: [] },
  }),
  aSignature('compass-map', {
    names: { zh: '罗盘地图', en: 'Compass Map' },
    category: 'map',
    vendor: { name: '罗盘软件', country: 'CN', domains: [] },
  }),
  aSignature('crash-box', {
    names: { zh: null, en: 'CrashBox' },
    category: 'apm',
    vendor: { name: 'CrashBox GmbH', country: 'DE', domains: [] },
  }),
  aSignature('quiet-share', { names: { zh: '静静分享', en: 'Quiet Share' } }),
  aSignature('secret-lib', { network: 'unknown', hosts: [] }),
];

const every = (to: Recipient, from: number, seconds: number, count: number, more: Partial<Sending>): Sending[] =>
  Array.from({ length: count }, (_, index) => ({ to, at: from + index * seconds, ...more }));

/** A shop with most things wrong that can be. */
const shop: { readonly sketch: CaptureSketch; readonly policy: Declaration | null } = {
  sketch: {
    marks: [
      ['foreground', 0],
      ['consent', 20],
      ['note', 60, 'opt-out: 个性化推荐'],
      ['background', 90],
      ['foreground', 130],
      ['refused', 160],
    ],
    facts: {
      version: '0.1.0',
      platform: 'android',
      sought: 'imei,mac_address,android_id,oaid,phone_number,location_precise,installed_apps',
    },
    sendings: [
      ...every(UMENG, 2, 4, 12, { types: ['imei', 'mac_address'], server: '198.51.100.7' }),
      ...every(UMENG, 95, 10, 3, { types: ['android_id'], server: '198.51.100.7' }),
      ...every(PUSH, 5, 30, 5, { types: ['android_id', 'device_model'], scheme: 'http', server: '198.51.100.20' }),
      ...every(MAP, 25, 15, 6, {
        types: ['location_precise', 'bssid'],
        server: '198.51.100.30',
        finding: { transform: 'plain', decodeChain: ['json:pos'], valueMasked: '22.5…431' },
      }),
      ...every(ADS, 8, 25, 7, {
        types: ['oaid', 'imei'],
        server: '203.0.113.5',
        target: '/v2/bid/867532051234567?oaid=2e66865617a9bf39&t=1',
        finding: { place: 'url', field: 'oaid', decodeChain: [], transform: 'plain', valueMasked: '2e66…f39' },
      }),
      ...every(CRASH, 40, 70, 2, { types: ['os_version'], server: '192.0.2.9', finding: { match: 'structure' } }),
      { to: CRASH, at: 41 },
      ...every(APP, 22, 20, 6, {
        types: ['phone_number', 'installed_apps'],
        host: 'api.shop.test',
        finding: { transform: 'plain' },
      }),
      { to: OTHER, at: 30, types: ['android_id'], server: '203.0.113.5', finding: { transform: 'sha256-hex' } },
      { to: { kind: 'third-party', id: 'cdn.test', name: 'cdn.test' }, at: 31 },
      { to: UMENG, at: 165, types: ['oaid'], server: '198.51.100.7' },
    ],
    gaps: [
      { kind: 'tls-rejected', host: 'pay.lark-push.test' },
      { kind: 'tls-rejected', host: 'pay.lark-push.test' },
      { kind: 'opaque-body', exchange: 1, at: ['request', 'body'] },
      { kind: 'limit-decoded-bytes', exchange: 20, at: ['response', 'body', 'gzip'] },
    ],
  },
  policy: {
    ...aPolicy(
      [
        anSdk('umeng', ['imei', 'oaid', 'device_model'], {
          name: '友盟 SDK',
          labels: [
            { data_type: 'imei', text: 'IMEI', platforms: ['android'], optional: true },
            { data_type: 'oaid', text: 'OAID', platforms: ['ios'], optional: null },
            { data_type: 'device_model', text: '设备型号', platforms: null, optional: null },
          ],
          data_text: 'IMEI、OAID、设备型号',
          quote: '友盟 SDK：为统计分析，收集 IMEI、OAID、设备型号',
        }),
        anSdk('lark-push', ['device_info', 'imsi'], {
          name: '云雀推送',
          umbrella: ['device_info'],
          data_text: '设备信息、IMSI',
          quote: '云雀推送 用于消息推送，收集设备信息、IMSI',
        }),
        anSdk('compass-map', ['location', 'wifi_info', 'sensor'], {
          name: '罗盘地图 SDK',
          data_text: '位置信息、Wi-Fi 信息、传感器',
          quote: '罗盘地图 SDK 提供定位，收集位置信息、Wi-Fi 信息、传感器',
        }),
        anSdk('quiet-share', ['android_id'], {
          name: '静静分享',
          data_text: 'Android ID',
          quote: '静静分享 收集 Android ID',
        }),
        anSdk(null, ['face'], {
          name: '某某人脸核验 SDK',
          data_text: '人脸信息',
          quote: '某某人脸核验 SDK 收集人脸信息',
        }),
      ],
      ['phone_number', 'android_id', 'camera'],
    ),
    storage: { mainland_only: true, cross_border: 'none', quote: '您的个人信息存储于中华人民共和国境内。' },
    children: { quote: '我们不主动收集未满十四周岁儿童的个人信息。' },
  },
};

/** An app that keeps its word. */
const honest: typeof shop = {
  sketch: {
    marks: [['consent', 5]],
    sendings: [
      { to: UMENG, at: 10, types: ['oaid'], server: '198.51.100.7' },
      { to: APP, at: 12, types: ['phone_number'], server: '198.51.100.7' },
    ],
  },
  policy: aPolicy([anSdk('umeng', ['oaid'])], ['phone_number']),
};

const EVIL = '"><script>alert(1)</script>\u202e=1+1|`*_[x](javascript:x)\u0000\ud800';

/** Everything that traffic and policy can name names itself as badly as it can. */
const hostile: typeof shop = {
  sketch: {
    app: EVIL,
    marks: [
      ['consent', 5],
      ['note', 6, EVIL],
    ],
    facts: { note: EVIL },
    sendings: [
      {
        to: { kind: 'third-party', id: EVIL, name: EVIL },
        at: 2,
        host: EVIL,
        scheme: 'http',
        target: `/${EVIL}?${EVIL}=${EVIL}`,
        server: EVIL,
        types: ['imei', 'x-unknown'],
        finding: { field: EVIL, decodeChain: [EVIL, EVIL], transform: EVIL, valueMasked: EVIL },
      },
    ],
    gaps: [{ kind: 'tls-rejected', host: EVIL }],
  },
  policy: {
    ...aPolicy([anSdk(null, ['imei'], { name: EVIL, quote: EVIL, data_text: EVIL, link: EVIL })], ['imei']),
    app: EVIL,
  },
};

/** Nothing was captured, and there is no policy. */
const empty: typeof shop = { sketch: { app: null }, policy: null };

export const CAPTURES = { shop, honest, hostile, empty } as const;

export const PLACES: Readonly<Record<string, string>> = {
  '203.0.113.5': 'US',
  '198.51.100.7': 'CN',
  '198.51.100.20': 'CN',
  '198.51.100.30': 'CN',
  '192.0.2.9': 'DE',
};

/** Judges one of the captures above and gathers its report. */
export function reportOf(name: keyof typeof CAPTURES, language: Language, profile: 'cn' | 'gdpr' = 'cn'): ReportValue {
  const { sketch, policy } = CAPTURES[name];
  const evidence: CaptureEvidence = aCapture(sketch);
  const book = parseRules(readJsonFile(join(packagedFolder(), 'rules.json'))?.value ?? null, profile);
  const countryOf = (address: string) => PLACES[address] ?? null;
  const comparison = compare({
    declaration: policy,
    policyName: name === 'hostile' ? EVIL : 'policy.txt',
    evidence,
    taxonomy,
    signatures,
    rules: book.rules,
    categories: book.categories,
    consentAfterSeconds: null,
    category: name === 'shop' ? 'shopping' : null,
    countryOf,
    language,
  });
  return makeReportValue({
    tool: { name: 'telltale', version: '0.1.0' },
    comparison,
    evidence,
    declaration: policy,
    taxonomy,
    rules: book.rules,
    countryOf,
    baseline: null,
    language,
  });
}
