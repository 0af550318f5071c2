import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../src/decode/decode-body.ts';
import { compileDetector } from '../../../src/detect/detector.ts';
import { DEFAULT_LIMITS } from '../../../src/model/limits.ts';
import { loadTaxonomy } from '../../../src/signatures/data-types.ts';
import { body, layer, PHONE } from '../layers.ts';

const taxonomy = loadTaxonomy({ extraFolder: null });
const options = { app: null, taxonomy, limits: DEFAULT_LIMITS };
/** Knows nothing of the phone, so that only forms and names speak. */
const stranger = compileDetector({ ...PHONE, identifiers: {}, perApp: {}, location: null }, options);
const acquaintance = compileDetector(PHONE, options);

function found(json: unknown, detector = stranger, direction: 'request' | 'response' = 'request'): string[] {
  const text = typeof json === 'string' ? json : JSON.stringify(json);
  const about = { contentType: null, contentEncodings: [], whole: true, codec: null, head: null };
  const decoded = decodeBody(Buffer.from(text), about, DEFAULT_LIMITS);
  return detector
    .detectBody(decoded, { direction, place: 'body', message: null })
    .detections.map(({ dataType, match, field, value }) => `${dataType} ${match} ${field} ${value}`);
}

/** Builds an id as Alibaba's SDK does, from invented time, random number and IMEI hash. */
function utdid(): string {
  const head = Buffer.from('5f3b2a1c9d8e7f6003000a1b2c3d', 'hex');
  const key = 'd6fc3a4a06adbde89223bvefedc24fecde188aaa9161';
  const text = createHmac('sha1', key).update(head).digest('base64');
  const hash = [...text].reduce((sum, c) => (Math.imul(31, sum) + c.charCodeAt(0)) | 0, 0);
  const tail = Buffer.alloc(4);
  tail.writeInt32BE(hash);
  return Buffer.concat([head, tail]).toString('base64');
}

it('counts in what an SDK codec opened only as a known value', () => {
  const opened = (chain: string[]) =>
    body(
      layer(
        '{"model":"M2012K11AC","imei":"867532051234567"}',
        { model: 'M2012K11AC', imei: '867532051234567' },
        { chain },
      ),
    );
  const types = (chain: string[]) =>
    acquaintance
      .detectBody(opened(chain), { direction: 'request', place: 'body', message: null })
      .detections.map(({ dataType }) => dataType);
  expect(types(['umeng/thrift:7', 'umeng/deflate'])).toEqual(['imei']);
  expect(types(['json:a/b', 'base64'])).toEqual(['imei', 'device_model']);
});

describe('a structure finding', () => {
  it.each([
    [{ device: { model: 'M2012K11AC' } }, ['device_model structure device.model M2012K11AC']],
    [{ device_model: 'iPhone14,2' }, ['device_model structure device_model iPhone14,2']],
    [
      { brand: 'Redmi', manufacturer: 'Xiaomi' },
      ['device_brand structure brand Redmi', 'device_manufacturer structure manufacturer Xiaomi'],
    ],
    [{ os: 'Android', os_version: '13' }, ['os_type structure os Android', 'os_version structure os_version 13']],
    [
      'osv=Android%2013&lang=zh_CN&tz=GMT%2B8',
      ['os_version structure osv Android 13', 'language structure lang zh_CN', 'timezone structure tz GMT+8'],
    ],
    [{ carrier: '中国移动', mcc: '460' }, ['carrier structure carrier 中国移动', 'mcc_mnc structure mcc 460']],
    [
      { resolution: '1080*2400', density: '2.75' },
      ['screen_info structure resolution 1080*2400', 'screen_info structure density 2.75'],
    ],
    [{ localIp: '192.168.1.23' }, ['ip_address structure localIp 192.168.1.23']],
    [
      { wifi: { ssid: '"Office"', bssid: '14:75:90:aa:bb:cc' } },
      ['ssid structure wifi.ssid "Office"', 'bssid structure wifi.bssid 14:75:90:aa:bb:cc'],
    ],
    [{ build: { model: 'V2055A' } }, ['device_model structure build.model V2055A']],
    [{ api_level: 33, rooted: 'false' }, ['api_level structure api_level 33', 'root_status structure rooted false']],
    [{ sw: '1080', tz_offset: 28800 }, ['screen_info structure sw 1080', 'timezone structure tz_offset 28800']],
    [{ 姓名: '张伟', brand: 'null' }, ['real_name structure 姓名 张伟']],
    [
      { wifis: ['14:75:90:aa:bb:cc,-60,Office', '14:75:90:aa:bb:cd,-70,Guest'] },
      ['wifi_list structure wifis.0 14:75:90:aa:bb:cc,14:75:90:aa:bb:cd'],
    ],
    [
      { process: ['com.example.mm', 'com.sample.weibo:push', 'org.test.mail:remote'] },
      ['running_processes structure process.0 com.example.mm,com.sample.weibo:push,org.test.mail:remote'],
    ],
    [{ certificate: `sha1 ${'AB:CD:EF:01:23:'.repeat(4).slice(0, -1)}`, clock: '12:30:45' }, []],
    [{ product: { model: 'A1234' }, car: { model: 'Model 3' }, llm: { model: 'o1-mini' } }, []],
    [{ carrier: 'SF Express', city: 'all', sn: '20260114123456' }, []],
    [
      { carrier: 'Vodafone', device: { model: 'SM-G9910' } },
      ['carrier structure carrier Vodafone', 'device_model structure device.model SM-G9910'],
    ],
    [{ clipboard: 'meet at nine' }, ['clipboard structure clipboard meet at nine']],
    [{ accelerometer: '0.1,9.8,0.03' }, ['sensor structure accelerometer 0.1,9.8,0.03']],
    [{ city: '深圳市' }, ['location_coarse structure city 深圳市']],
    [{ cell: { lac: 9512, cid: 27461 } }, ['cell_tower structure cell.lac lac,cid']],
    [
      { apps: ['com.tencent.mm', 'com.taobao.taobao', 'com.eg.android.AlipayGphone', 'com.sina.weibo'] },
      ['installed_apps structure apps.0 com.tencent.mm,com.taobao.taobao,com.sina.weibo'],
    ],
    [
      { x: 'com.tencent.mm|com.taobao.taobao|com.sina.weibo' },
      ['installed_apps structure x com.tencent.mm,com.taobao.taobao,com.sina.weibo'],
    ],
    [
      { list: [{ mac: '14:75:90:aa:bb:c1' }, { mac: '14:75:90:aa:bb:c2' }] },
      [
        'mac_address structure list.0.mac 14:75:90:aa:bb:c1',
        'wifi_list structure list.0.mac 14:75:90:aa:bb:c1,14:75:90:aa:bb:c2',
      ],
    ],
    [{ lat: 22.5431, lng: 114.0579 }, ['location_precise structure lat 22.5431,114.0579']],
    [{ location: '114.1,22.5' }, ['location_coarse structure location 22.5,114.1']],
    [{ imei: '490154203237518' }, ['imei self-checking imei 490154203237518']],
    [{ oaid_md5: '83e9158a4fb54c0e1ef0b238639a23ae' }, ['oaid structure oaid_md5 83e9158a4fb54c0e1ef0b238639a23ae']],
    [{ idNo: '11010519491231002X' }, ['id_card self-checking idNo 11010519491231002X']],
    [{ iccid: '89860012345678901234' }, ['iccid self-checking iccid 89860012345678901234']],
    [{ utdid: utdid() }, [`utdid self-checking utdid ${utdid()}`]],
    [{ x: utdid() }, [`utdid self-checking x ${utdid()}`]],
  ])('of %j is told', (json, expected) => {
    expect(found(json)).toEqual(expected);
  });

  it.each([
    [{ model: 'user' }],
    [{ model: 'gpt-4' }],
    [{ version: '1.2.3.4' }],
    [{ ip: '127.0.0.1' }],
    [{ ip: '0.0.0.0' }],
    [{ imei: '490154203237519' }],
    [{ imei: '000000000000000' }],
    [{ order: '490154203237518' }],
    [{ idNo: '110105194912310021' }],
    [{ number: '11010519491231002X' }],
    [{ utdid: 'VVVVVVVVVVVVVVVVVVVVVVVV' }],
    [{ ssid: '<unknown ssid>', bssid: '02:00:00:00:00:00' }],
    [{ oaid: '00000000-0000-0000-0000-000000000000' }],
    [{ lat: 0, lng: 0 }],
    [{ lat: '0.0', lng: '0.0' }],
    [{ lat: '4.9E-324', lng: '4.9E-324' }],
    [{ cid: 27461 }],
    [{ hosts: ['www.example.com', 'api.example.com', 'cdn.example.com'] }],
    [{ classes: ['com.example.Main', 'com.example.Push', 'org.example.Log'] }],
    [{ own: ['com.example.app', 'com.example.app.push', 'com.example.app.main'] }],
    [{ carrier: null, language: '', os: 'unknown', gender: 'undefined' }],
    [{ age: 'old', battery: 'yes', timezone: 'noon' }],
  ])('is not made of %j', (json) => {
    expect(found(json)).toEqual([]);
  });

  it('is not made of what a server sends to the phone', () => {
    expect(found({ city: '深圳市', os_version: '13' }, stranger, 'response')).toEqual([]);
  });

  it("is not made of another device's ids when the phone's own are known", () => {
    const others = { imei: '490154203237518', android_id: '1234567812345678', mac: '14:75:90:aa:bb:cc' };
    expect(found(others, acquaintance)).toEqual([]);
    expect(found({ model: 'M2012K11AC' }, acquaintance)).toHaveLength(1);
  });
});
