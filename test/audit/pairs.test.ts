import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importFiles } from '../../src/audit/import-files.ts';
import { type JudgeRequest, judgeCapture } from '../../src/audit/judge.ts';
import { addMark, withdrawMark } from '../../src/audit/marks.ts';
import type { Comparison } from '../../src/model/comparison.ts';
import type { MarkKind } from '../../src/model/mark.ts';

/*
 * A policy and a recording by hand in each row, and beside them what a reader of both would say: one line a verdict, with the rules
 * that it breaks. A rule that a row names is asked about for each of its verdicts; `!R1` names one that nothing breaks.
 */

const folder = mkdtempSync(join(tmpdir(), 'telltale-pairs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START = Date.parse('2026-03-01T02:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const imei = '867532051234567';
const oaid = '2e66865617a9bf39';
const mac = 'a4:50:46:1b:2c:3d';
const idfa = '6D92078A-8246-4BA4-AE5B-76104861E7DC';
const phone = '13812345678';
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** Bytes without any form, always the same. */
const CLOSED = Buffer.concat(
  Array.from({ length: 13 }, (_, index) => createHash('sha256').update(`${index}`).digest()),
);

const DEVICES = {
  android: {
    name: 'a',
    platform: 'android',
    identifiers: { imei: [imei], oaid: [oaid], mac_address: [mac], phone_number: [phone], ssid: ['HomeNet5G'] },
    location: { latitude: 22.5431, longitude: 114.0579 },
  },
  ios: { name: 'i', platform: 'ios', identifiers: { idfa: [idfa], idfv: ['599F9C00-92DC-4B5C-9464-7971F01F8370'] } },
} as const;

const UMENG = 'https://ulogs.umeng.com/unify_logs';
const JPUSH = 'https://stats.jpush.cn/v3/report';
const PANGLE = 'https://api-access.pangolin-sdk-toutiao.com/api/ad/union/sdk/get_ads';
const AMAP = 'https://restsdk.amap.com/v3/report';
const OWN = 'https://api.shop.test/v1/login';
const STRANGER = 'https://up.collector.example/c';

type Sent = readonly [seconds: number, url: string, body: unknown, server?: string];
type Marked = readonly [kind: MarkKind, seconds: number, note?: string];

interface Pair {
  readonly device?: keyof typeof DEVICES;
  readonly own?: string;
  readonly sdks?: Readonly<Record<string, string>>;
  readonly more?: string;
  readonly sent: readonly Sent[];
  readonly marks?: readonly Marked[];
  readonly withdrawn?: readonly number[];
  readonly options?: Partial<JudgeRequest>;
  readonly says: readonly string[];
}

const PAIRS: Readonly<Record<string, Pair>> = {
  'named, covered by a broader term, not named': {
    sdks: { 友盟统计SDK: 'IMEI、网络信息' },
    sent: [[10, UMENG, { imei, ssid: 'HomeNet5G', oaid }]],
    says: [
      'umeng imei clear consistent',
      'umeng oaid omitted undeclared R3 R15',
      'umeng ssid vague vague R15',
      '!R1',
      '!R4',
    ],
  },
  'recipients that nobody declared': {
    sdks: { 友盟统计SDK: 'IMEI' },
    sent: [
      [10, PANGLE, { imei }],
      [11, STRANGER, { id: md5(oaid) }],
      [12, UMENG, { event: 1 }],
    ],
    says: [
      'collector.example oaid omitted undeclared-recipient R4 R5',
      'pangle-csj imei omitted undeclared-recipient R4 R5 R13',
      'umeng imei clear unobserved',
      '!R3',
    ],
  },
  'a declared SDK that was silent': {
    sdks: { 极光推送SDK: 'IMEI、MAC地址' },
    sent: [[1, OWN, { page: 1 }]],
    says: ['jpush imei clear unobserved', 'jpush mac_address clear unobserved'],
  },
  'declared for the app, sent by an SDK, and the other way round': {
    own: '我们会收集您的IMEI用于安全风控。',
    sdks: { 友盟统计SDK: 'OAID' },
    sent: [
      [1, UMENG, { imei }],
      [2, OWN, { oaid }],
    ],
    says: [
      'app imei clear unobserved',
      'app oaid omitted undeclared R3',
      'umeng imei omitted undeclared R3 R15',
      'umeng oaid clear unobserved',
    ],
  },
  'only on iOS, on an Android phone': {
    sdks: { 友盟统计SDK: 'IDFA（仅iOS）、OAID（仅Android）、IMEI' },
    sent: [[1, UMENG, { oaid, imei }]],
    says: ['umeng imei clear consistent', 'umeng oaid clear consistent'],
  },
  'declared for the other system only': {
    device: 'ios',
    sdks: { 友盟统计SDK: 'IDFA（仅Android）、IDFV' },
    sent: [[1, UMENG, { idfa }]],
    says: ['umeng idfa omitted undeclared R3', 'umeng idfv clear unobserved'],
  },
  'what the policy says is not collected': {
    own: '我们不会收集您的IMEI。我们收集您的手机号码。',
    sdks: { 友盟统计SDK: 'OAID，不收集IMEI和MAC地址' },
    sent: [
      [1, UMENG, { oaid, imei }],
      [2, OWN, { imei, mobile: phone }],
    ],
    says: [
      'app imei omitted undeclared R3',
      'app phone_number clear consistent',
      'umeng imei omitted undeclared R3',
      'umeng oaid clear consistent',
    ],
  },
  'a broader term above, and a nearer one below, what was sent': {
    sdks: { 友盟统计SDK: 'Wi-Fi信息', 极光推送SDK: 'SSID、BSSID' },
    sent: [
      [1, UMENG, { ssid: 'HomeNet5G' }],
      [2, JPUSH, { ssid: 'HomeNet5G' }],
    ],
    says: ['jpush bssid clear unobserved', 'jpush ssid clear consistent', 'umeng ssid vague vague R15'],
  },
  'sent before consent': {
    sdks: { 友盟统计SDK: 'IMEI、OAID' },
    marks: [['consent', 30]],
    sent: [
      [10, UMENG, { imei }],
      [30, UMENG, { oaid }],
    ],
    says: ['umeng imei clear consistent R1 R5', 'umeng oaid clear consistent', '!R9'],
  },
  'sent after a refusal, before a later consent': {
    sdks: { 友盟统计SDK: 'IMEI、OAID' },
    marks: [
      ['refused', 5],
      ['consent', 50],
    ],
    sent: [
      [20, UMENG, { imei }],
      [60, UMENG, { oaid }],
    ],
    says: ['umeng imei clear consistent R5 R9', 'umeng oaid clear consistent', '!R1'],
  },
  'a mark that was taken back': {
    sdks: { 友盟统计SDK: 'IMEI' },
    marks: [
      ['consent', 30],
      ['consent', 5],
    ],
    withdrawn: [1],
    sent: [[10, UMENG, { imei }]],
    says: ['umeng imei clear consistent', '!R1'],
  },
  'consent so many seconds after the first exchange': {
    sdks: { 友盟统计SDK: 'IMEI、OAID' },
    marks: [['consent', 1000]],
    options: { consentAfterSeconds: 15 },
    sent: [
      [100, UMENG, { imei }],
      [116, UMENG, { oaid }],
    ],
    says: ['umeng imei clear consistent R1', 'umeng oaid clear consistent'],
  },
  'sent in the background': {
    sdks: { 友盟统计SDK: 'IMEI、OAID' },
    marks: [
      ['consent', 0],
      ['background', 20],
      ['foreground', 40],
    ],
    sent: [
      [10, UMENG, { imei }],
      [30, UMENG, { oaid }],
      [50, UMENG, { imei }],
    ],
    says: ['umeng imei clear consistent', 'umeng oaid clear consistent R7'],
  },
  'after opting out, in clear text, sensitive': {
    own: '我们收集您的精确位置信息。',
    sdks: { 友盟统计SDK: 'IMEI、OAID', 高德地图SDK: '精确位置信息' },
    marks: [
      ['note', 20, 'opt-out：设置页'],
      ['note', 1, 'separate-consent: location_coarse'],
    ],
    sent: [
      [10, UMENG, { oaid }],
      [30, UMENG.replace('https', 'http'), { imei }],
      [31, AMAP, { latitude: '22.5431', longitude: '114.0579' }],
    ],
    says: [
      'amap location_precise clear consistent R14',
      'app location_precise clear unobserved',
      'umeng imei clear consistent R10 R11',
      'umeng oaid clear consistent',
    ],
  },
  'too often, for a kind of app that needs none of it': {
    own: '我们收集您的手机号码、IMEI。',
    options: { category: '网上购物类' },
    sent: [
      ...Array.from({ length: 11 }, (_, index): Sent => [10 + index * 5, OWN, { imei }]),
      ...Array.from({ length: 10 }, (_, index): Sent => [200 + index * 5, OWN, { mobile: phone }]),
    ],
    says: ['app imei clear consistent R6 R8', 'app phone_number clear consistent', '!R5', '!R15'],
  },
  'across the border, against the policy’s word': {
    sdks: { 友盟统计SDK: 'IMEI、OAID' },
    more: '三、存储\n我们在中华人民共和国境内收集和产生的个人信息，将存储在中华人民共和国境内，不会向境外传输。',
    sent: [
      [10, UMENG, { imei }, '8.8.8.8'],
      [11, UMENG, { oaid }, '114.114.114.114'],
    ],
    says: ['umeng imei clear consistent R12', 'umeng oaid clear consistent'],
  },
  'the same by the words of the GDPR, within the EEA': {
    sdks: { 友盟统计SDK: 'IMEI' },
    options: { profile: 'gdpr', language: 'en' },
    marks: [['consent', 30]],
    sent: [[10, UMENG, { imei }, '85.214.132.117']],
    says: ['umeng imei clear consistent R1', '!R8', '!R12', '!R15'],
  },
  'a body of one SDK that could not be opened': {
    sdks: { 友盟统计SDK: 'IMEI', 极光推送SDK: 'IMEI' },
    sent: [
      [10, UMENG, CLOSED],
      [11, OWN, { page: 1 }],
    ],
    says: ['jpush imei clear unobserved', 'umeng imei clear undecided'],
  },
  'nothing at all': {
    own: '我们收集您的手机号码。',
    sdks: { 友盟统计SDK: 'IMEI' },
    sent: [],
    says: ['app phone_number clear undecided', 'umeng imei clear undecided'],
  },
};

describe('a policy and a recording', () => {
  it.each(Object.entries(PAIRS))('%s', async (name, pair) => {
    const comparison = await compared(name, pair);
    const asked = new Set(pair.says.flatMap((line) => line.match(/\bR\d+$|\bR\d+(?= )/g) ?? []));
    const said = comparison.verdicts.map(({ recipient, data_type, declared, verdict, violations }) =>
      [
        recipient.kind === 'first-party' ? 'app' : recipient.id,
        data_type,
        declared,
        verdict,
        ...violations.map(({ rule }) => rule).filter((rule) => asked.has(rule)),
      ].join(' '),
    );
    expect(said.sort()).toEqual(pair.says.filter((line) => !line.startsWith('!')).sort());
  });
});

async function compared(name: string, pair: Pair): Promise<Comparison> {
  const path = (ending: string) => join(folder, `${md5(name)}.${ending}`);
  writeFileSync(path('har'), JSON.stringify({ log: { version: '1.2', entries: pair.sent.map(entryOf) } }));
  writeFileSync(path('json'), JSON.stringify(DEVICES[pair.device ?? 'android']));
  writeFileSync(path('txt'), policyOf(pair));
  const db = path('db');
  await importFiles({
    files: [path('har')],
    db,
    capture: 'c',
    device: path('json'),
    app: 'com.example.shop',
    firstParty: ['api.shop.test'],
    signatures: null,
    store: { keepBodies: 'all', maxBytes: null, redact: false, secret: null, onError: 'stop' },
    version: 'test',
    log: () => undefined,
    onNotice: () => undefined,
    onProgress: () => undefined,
  });
  for (const [kind, seconds, note = null] of pair.marks ?? [])
    addMark({ db, capture: 'c', kind, note, at: at(seconds) });
  for (const number of pair.withdrawn ?? []) withdrawMark({ db, capture: 'c', number: String(number) });
  return judgeCapture({ db, capture: 'c', policy: path('txt'), ...pair.options }).comparison;
}

function entryOf([seconds, url, body, server = '']: Sent): unknown {
  const bytes = Buffer.isBuffer(body);
  const postData = bytes
    ? { mimeType: 'application/octet-stream', text: body.toString('base64'), encoding: 'base64' }
    : { mimeType: 'application/json', text: JSON.stringify(body) };
  return {
    startedDateTime: at(seconds),
    time: 20,
    serverIPAddress: server,
    request: {
      method: 'POST',
      url,
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Content-Type', value: postData.mimeType }],
      postData,
    },
    response: { status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', headers: [], content: { size: 2, text: 'ok' } },
  };
}

function policyOf({ own = '', sdks = {}, more = '' }: Pair): string {
  const entries = Object.entries(sdks).map(
    ([name, types]) => `SDK名称：${name}\n所属公司：某某有限公司\n使用目的：统计分析\n收集的个人信息类型：${types}\n`,
  );
  return `示例商城隐私政策
更新日期：2025年3月1日
示例商城由示例科技有限公司运营。
一、我们如何收集和使用您的个人信息
${own}
二、第三方SDK目录
${entries.join('')}
${more}
`;
}
