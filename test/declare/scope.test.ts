import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../src/declare/read-policy.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';

const taxonomy = loadTaxonomy({ extraFolder: null });
const read = (text: string) => readPolicy(Buffer.from(text), { name: 'policy.txt', taxonomy });

/** `imei@android?`: an IMEI, on Android only, that may be refused; `!` for one that may not. */
const told = (value: string) =>
  (read(`隐私政策\n第三方SDK\nSDK名称：云雀SDK\n收集信息：${value}\n`).sdks[0]?.labels ?? []).map(
    ({ data_type, platforms, optional }) =>
      `${data_type}${platforms === null ? '' : `@${platforms.join('+')}`}${optional === null ? '' : optional ? '?' : '!'}`,
  );

describe('the reach of a label', () => {
  it.each([
    ['IMEI、OAID', ['imei', 'oaid']],
    ['IMEI、IDFA（仅iOS）、OAID', ['imei', 'idfa@ios', 'oaid']],
    ['IDFA(iOS)；OAID(Android)', ['idfa@ios', 'oaid@android']],
    [
      '【双端】设备型号【仅Android】AndroidID、OAID【仅iOS】IDFV',
      ['device_model', 'android_id@android', 'oaid@android', 'idfv@ios'],
    ],
    [
      '设备标识符（Android如IMEI、Android ID，iOS如IDFV、IDFA）、IP地址',
      ['device_identifier', 'imei@android', 'android_id@android', 'idfv@ios', 'idfa@ios', 'ip_address'],
    ],
    ['Android端：IMEI、OAID；iOS端：IDFA', ['imei@android', 'oaid@android', 'idfa@ios']],
    ['Android ID、Android版本、iOS广告标识符', ['android_id', 'os_version', 'idfa']],
    ['必选信息：设备型号、IP地址；可选信息：位置信息', ['device_model!', 'ip_address!', 'location?']],
    ['设备型号（必选）、位置信息（可选）', ['device_model!', 'location?']],
    ['可选信息：【仅Android】IMEI【仅iOS】IDFA', ['imei@android?', 'idfa@ios?']],
    ['IDFA (iOS only), GAID (Android only), IP address', ['idfa@ios', 'gaid@android', 'ip_address']],
    ['precise location (optional), device model', ['location_precise?', 'device_model']],
    ['IDFA（Android、iOS）、IP地址', ['idfa@android+ios', 'ip_address']],
    ['鸿蒙系统：ODID、设备型号', ['odid@harmonyos', 'device_model@harmonyos']],
  ])('%s', (value, labels) => {
    expect(told(value)).toEqual(labels);
  });
});

describe('the systems an SDK is used on', () => {
  it.each([
    ['第三方SDK\nSDK名称：云雀SDK（仅iOS）\n收集信息：IP地址', ['ios']],
    ['第三方SDK\nSDK名称：云雀SDK\n适用系统：Android/iOS\n收集信息：IP地址', ['android', 'ios']],
    ['一、Android端SDK列表\nSDK名称：云雀SDK\n收集信息：IP地址', ['android']],
    [
      '一、Android端SDK列表\nSDK名称：云杉SDK\n收集信息：IP地址\n二、其他第三方SDK\nSDK名称：云雀SDK\n收集信息：IP地址',
      null,
    ],
    ['第三方SDK\nSDK名称：云雀SDK\n收集信息：IP地址', null],
  ])('%s', (text, platforms) => {
    expect(read(`隐私政策\n${text}\n`).sdks.at(-1)?.platforms).toEqual(platforms);
  });
});

describe('the words of a label', () => {
  it('are those of the policy, cut from the file', () => {
    const source =
      '<p>隐私政策</p><p>第三方SDK</p><p>SDK名称：云雀SDK</p><p>收集信息：IP 地址、<b>设备</b>型号、OAID</p>';
    const { labels } = read(source).sdks[0] ?? {};
    expect(labels?.map(({ data_type, text }) => [data_type, text])).toEqual([
      ['ip_address', 'IP 地址'],
      ['device_model', '型号'],
      ['oaid', 'OAID'],
    ]);
    for (const { text } of labels ?? []) expect(source).toContain(text);
  });

  it('stand in what the app itself collects, too, with their reach', () => {
    const [own] = read('隐私政策\n我们会收集您的IDFA（仅iOS）。\n').first_party;
    expect(own).toMatchObject({ data_type: 'idfa', text: 'IDFA', platforms: ['ios'], optional: null });
  });
});
