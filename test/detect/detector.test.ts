import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compileDetector } from '../../src/detect/detector.ts';
import type { Detection } from '../../src/model/finding.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { body, head, layer, PHONE } from './layers.ts';

const options = { app: null, taxonomy: new Map(), limits: DEFAULT_LIMITS };
const detector = compileDetector(PHONE, options);
const about = { direction: 'request', place: 'body', message: null } as const;

const hash = (name: string, text: string) => createHash(name).update(text).digest();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const brief = (found: readonly Detection[]) =>
  found.map(({ dataType, transform }) => `${dataType} ${transform}`).sort();

/** What is found when the text stands in a JSON field of its own. */
function inField(text: string | Uint8Array): readonly Detection[] {
  const content = Buffer.concat([Buffer.from('{"k":"'), Buffer.from(text as string), Buffer.from('"}')]);
  return detector.detectBody(body(layer(content, { k: text })), about).detections;
}

describe('a detector', () => {
  it.each([
    ['867532051234567', 'imei plain'],
    ['86753205123456', 'imei plain'],
    ['867532051234560', 'imei plain'],
    ['86-753205-123456-7', 'imei plain'],
    ['9f8e7d6c5b4a3921', 'android_id plain'],
    ['9F8E7D6C5B4A3921', 'android_id plain'],
    [BigInt('0x9f8e7d6c5b4a3921').toString(), 'android_id plain'],
    ['a4:50:46:1b:2c:3d', 'mac_address plain'],
    ['A4-50-46-1B-2C-3D', 'mac_address plain'],
    ['a450461b2c3d', 'mac_address plain'],
    ['a450.461b.2c3d', 'mac_address plain'],
    ['09BCFAFB-B0FF-4C96-BD91-040BFB0CE6BE', 'oaid plain'],
    ['09bcfafbb0ff4c96bd91040bfb0ce6be', 'oaid plain'],
    ['r58m45abcde', 'serial_number plain'],
    ['460021234567890', 'imsi plain'],
    ['89860012345678901234', 'iccid plain'],
    ['8986001234567890123', 'iccid plain'],
    ['+8613812345678', 'phone_number plain'],
    ['138 1234 5678', 'phone_number plain'],
    ['A1000012345678', 'meid plain'],
    ['Office-5G', 'ssid plain'],
    ['张三丰', 'real_name plain'],
    ['Zhang.San@example.com'.toLowerCase(), 'email plain'],
    [hash('md5', '867532051234567').toString('hex'), 'imei md5-hex'],
    [hash('md5', '867532051234567').toString('hex').toUpperCase(), 'imei md5-hex'],
    [hash('md5', 'A450461B2C3D').toString('hex'), 'mac_address md5-hex'],
    [hash('md5', 'A4:50:46:1B:2C:3D').toString('hex'), 'mac_address md5-hex'],
    [hash('sha1', '9f8e7d6c5b4a3921').toString('hex'), 'android_id sha1-hex'],
    [hash('sha256', '13812345678').toString('hex'), 'phone_number sha256-hex'],
    [hash('sha256', '张三丰').toString('base64'), 'real_name sha256-base64'],
    [hash('md5', 'R58M45ABCDE').toString('base64'), 'serial_number md5-base64'],
    [base64('a4:50:46:1b:2c:3d'), 'mac_address base64'],
    [base64('x9f8e7d6c5b4a3921'), 'android_id base64'],
    [base64('{"id":"9f8e7d6c5b4a3921"}'), 'android_id base64'],
    [base64('{"imei":867532051234567}'), 'imei base64'],
    ['A4%3A50%3A46%3A1B%3A2C%3A3D', 'mac_address percent'],
    ['a4%3a50%3a46%3a1b%3a2c%3a3d', 'mac_address percent'],
    ['%38%36%37%35%33%32%30%35%31%32%33%34%35%36%37', 'imei percent'],
    ['a4%253A50%253A46%253A1b%253A2c%253A3d', 'mac_address percent-twice'],
    ['imei:12;mac:a4:50:46:1b:2c:3d', 'mac_address plain'],
    ['id-a4-50-46-1b-2c-3d-end', 'mac_address plain'],
    ['"Office-5G"', 'ssid plain'],
    [hash('sha1', '"Office-5G"').toString('hex'), 'ssid sha1-hex'],
    [hash('sha256', '867532051234567').toString('hex').slice(0, 32), 'imei sha256-first-32-hex'],
    [hash('sha1', '867532051234567').toString('hex').slice(0, 16).toUpperCase(), 'imei sha1-first-16-hex'],
    [hash('md5', '867532051234567').toString('hex').slice(-16), 'imei md5-last-16-hex'],
    [hash('sm3', '8675320512345653').toString('hex'), 'imei sm3-hex'],
    [
      hash('sha1', hash('sha256', '9f8e7d6c5b4a3921').toString('hex')).toString('hex'),
      'android_id sha1(sha256-hex)-hex',
    ],
    [hash('md5', hash('md5', 'A450.461B.2C3D').toString('hex')).toString('hex'), 'mac_address md5(md5-hex)-hex'],
    [Buffer.from('867532051234567').toString('hex').split('').reverse().join(''), 'imei reversed(hex)'],
    [base64('a4:50:46:1b:2c:3d').split('').reverse().join(''), 'mac_address reversed(base64)'],
    [Buffer.from('a450461b2c3d', 'hex'), 'mac_address raw'],
    [Buffer.from('68572350214365f7', 'hex'), 'imei tbcd'],
  ])('finds %s', (text, expected) => {
    expect(brief(inField(text))).toEqual([expected]);
  });

  it.each([
    ['another IMEI', '867532051234568'],
    ['the IMEI as part of a longer number', '1867532051234567'],
    ['the IMEI as a fraction', '0.867532051234567'],
    ['a longer IPv6-like group', '00:a4:50:46:1b:2c:3d'],
    ['an IPv6 address', 'fe80:a4:50:46:1b:2c:3d:0'],
    ['the MAC address in a longer hex number', 'ffa450461b2c3d00'],
    ['the MAC address with hex behind it', 'a450461b2c3d00'],
    ['the MAC address with hex in front of it', '00a450461b2c3d'],
    ['the MAC address at the beginning of eight octets', 'a4:50:46:1b:2c:3d:00:01'],
    ['the serial number with letters behind it', 'R58M45ABCDEXY'],
    ['hex of the IMEI in a longer number', Buffer.from('98675320512345671').toString('hex')],
    ['UTF-16 of the IMEI in a longer number', Buffer.from('98675320512345671', 'utf16le')],
    ['escapes of the IMEI in a longer number', '98675320512345671'.replace(/./g, (c) => `\\u003${c}`)],
    ['an IMEI with a digit too many', '8675320512345671'],
    ['the phone number in a longer number', '138123456789'],
    ['the base64 of the IMEI in a longer number', base64('98675320512345671')],
    ['the name of the network inside a word', 'HeadOffice-5GHz'],
    ['base64 of an Android ID that ends otherwise', base64('9f8e7d6c5b4a3920')],
    ['base64 of an Android ID that begins otherwise', base64('x)f8e7d6c5b4a3921')],
    ['base64 of an Android ID that ends otherwise in a longer text', base64('{"id":"9f8e7d6c5b4a3922"}')],
    ['half a hash', hash('md5', '867532051234567').toString('hex').slice(0, 12)],
    ['a hash of something else', hash('md5', '867532051234568').toString('hex')],
  ])('does not take %s for a value', (_, text) => {
    expect(brief(inField(text))).toEqual([]);
  });

  it('says where in the decoded bytes a value stands, how they were reached, and which field it is', () => {
    const md5 = hash('md5', '867532051234567').toString('hex');
    const content = `{"header":{"idmd5":"${md5}"}}`;
    const decoded = body(
      layer('gzip bytes'),
      layer(content, { 'header.idmd5': md5 }, { chain: ['gzip'], parent: 0, parentEnd: 10 }),
    );
    expect(detector.detectBody(decoded, about).detections).toEqual([
      {
        dataType: 'imei',
        valueIndex: 0,
        direction: 'request',
        place: 'body',
        field: 'header.idmd5',
        decodeChain: ['gzip', 'json:header.idmd5'],
        offset: content.indexOf(md5),
        length: 32,
        transform: 'md5-hex',
        match: 'known-value',
        value: '867532051234567',
        message: null,
      },
    ]);
  });

  it('reports a leak once, where it was decoded', () => {
    const inner = '{"id":"9f8e7d6c5b4a3921"}';
    const outer = `{"data":"${base64(inner)}"}`;
    const decoded = body(
      layer(outer, { data: base64(inner) }),
      layer(
        inner,
        { id: '9f8e7d6c5b4a3921' },
        { chain: ['json:data', 'base64'], parent: 0, parentStart: 9, parentEnd: outer.length - 2 },
      ),
    );
    const found = detector.detectBody(decoded, about).detections;
    expect(found.map(({ transform, decodeChain, field }) => ({ transform, decodeChain, field }))).toEqual([
      { transform: 'plain', decodeChain: ['json:data', 'base64', 'json:id'], field: 'id' },
    ]);
  });

  it('names the outer field for a value outside any field of the layer inside it', () => {
    const outer = `{"data":"${base64('9f8e7d6c5b4a3921')}"}`;
    const inside = layer(
      '9f8e7d6c5b4a3921',
      {},
      { chain: ['json:data', 'base64'], parent: 0, parentStart: 9, parentEnd: outer.length - 2 },
    );
    const [found] = detector.detectBody(body(layer(outer), inside), about).detections;
    expect(found).toMatchObject({ field: 'data', decodeChain: ['json:data', 'base64'], offset: 0, transform: 'plain' });
  });

  it('names the field that a coded part stands in, not the number of the part', () => {
    const outer = `{"ua":"Dalvik ${base64('9f8e7d6c5b4a3921')}"}`;
    const chain = ['json:ua', 'part:0', 'base64'];
    const inside = layer('9f8e7d6c5b4a3921', {}, { chain, parent: 0, parentStart: 14, parentEnd: outer.length - 2 });
    const [found] = detector.detectBody(body(layer(outer), inside), about).detections;
    expect(found).toMatchObject({ field: 'ua', decodeChain: chain });
  });

  it.each([
    ['张三丰', 'plain'],
    [base64('张三丰'), 'base64'],
    [Buffer.from('张三丰').toString('hex'), 'hex'],
    [encodeURIComponent('张三丰'), 'percent'],
    ['\\u5f20\\u4e09\\u4e30', 'unicode-escape'],
  ])('finds a weak value that fills a field as %s', (text, transform) => {
    expect(brief(inField(text))).toEqual([`real_name ${transform}`]);
    expect(brief(inField(`${text}${text}`))).toEqual([]);
  });

  it('finds a weak value that fills the layer that a field was decoded to', () => {
    const outer = '{"name":"%E5%BC%A0%E4%B8%89%E4%B8%B0"}';
    const span = { parent: 0, parentStart: 9, parentEnd: outer.length - 2 };
    const inside = layer('张三丰', {}, { chain: ['json:name', 'percent'], ...span });
    const found = detector.detectBody(body(layer(outer), inside), about).detections;
    expect(found.map(({ field, transform, offset }) => [field, transform, offset])).toEqual([['name', 'plain', 0]]);
  });

  it('reports the same value in two fields twice', () => {
    const decoded = body(layer('{"a":"9f8e7d6c5b4a3921","b":" 9f8e7d6c5b4a3921"}', { b: ' 9f8e7d6c5b4a3921' }));
    expect(detector.detectBody(decoded, about).detections.map(({ offset }) => offset)).toEqual([6, 30]);
  });

  it('finds values in URL, headers and cookies, with offsets within each', () => {
    const decoded = head('https://a.example/t?imei=867532051234567', [
      ['X-Device', 'id=9f8e7d6c5b4a3921'],
      ['Cookie', 'mac=a4:50:46:1b:2c:3d'],
    ]);
    const found = detector.detectHead(decoded, 'request').detections;
    expect(found.map(({ place, field, offset, dataType }) => [place, field, offset, dataType])).toEqual([
      ['url', null, 25, 'imei'],
      ['header', 'X-Device', 3, 'android_id'],
      ['cookie', 'Cookie', 4, 'mac_address'],
    ]);
  });

  it('does not join the end of one header with the start of the next', () => {
    const decoded = head('https://a.example/', [
      ['A', '9f8e7d6c5b4a3921'.slice(0, 8)],
      ['B', '9f8e7d6c5b4a3921'.slice(8)],
    ]);
    const [layerWithBreaks] = decoded.layers;
    const text = Buffer.from(layerWithBreaks?.bytes ?? [])
      .toString('latin1')
      .replaceAll('\n', '');
    const parts = decoded.parts.map((part, index) => ({ ...part, start: part.start - index, end: part.end - index }));
    const joined = { ...decoded, parts, layers: [layer(text)] };
    expect(detector.detectHead(joined, 'request').detections).toEqual([]);
  });

  it('knows the values that only one app sees', () => {
    const shop = compileDetector(PHONE, { ...options, app: 'com.example.shop' });
    const decoded = body(layer('id=1122334455667788'));
    expect(brief(shop.detectBody(decoded, about).detections)).toEqual(['android_id plain']);
    expect(shop.detectBody(decoded, about).detections[0]?.valueIndex).toBe(1);
    expect(detector.detectBody(decoded, about).detections).toEqual([]);
  });

  it('finds values in a stream wherever it is cut', () => {
    const text = `x=1&imei=867532051234567&m=${hash('md5', 'R58M45ABCDE').toString('hex')}&p=13812345678`;
    for (let cut = 0; cut <= text.length; cut++) {
      const stream = detector.openStream({ direction: 'request', place: 'body' });
      const found = [
        ...stream.write(Buffer.from(text.slice(0, cut))),
        ...stream.write(Buffer.from(text.slice(cut))),
        ...stream.end(),
      ];
      expect(found.map(({ dataType, offset }) => [dataType, offset]).sort(), `cut at ${cut}`).toEqual([
        ['imei', 9],
        ['phone_number', text.length - 11],
        ['serial_number', 27],
      ]);
    }
  });

  it('says when it records fewer findings than there are, and keeps one of each kind', () => {
    const few = compileDetector(PHONE, { ...options, limits: { ...DEFAULT_LIMITS, findingsMax: 10 } });
    const decoded = body(layer(`${'867532051234567 '.repeat(50)} 9f8e7d6c5b4a3921`));
    const { detections, gaps } = few.detectBody(decoded, about);
    expect(detections).toHaveLength(11);
    expect(brief(detections)).toContain('android_id plain');
    expect(gaps).toMatchObject([{ kind: 'limit-findings', detail: '40 of 51 findings not recorded' }]);
  });

  it('says what it left out of a stream', () => {
    const few = compileDetector(PHONE, { ...options, limits: { ...DEFAULT_LIMITS, findingsMax: 10 } });
    const stream = few.openStream({ direction: 'request', place: 'body' });
    const found = [...stream.write(Buffer.from('867532051234567 '.repeat(50))), ...stream.end()];
    expect(found).toHaveLength(10);
    expect(stream.gaps()).toMatchObject([{ kind: 'limit-findings', detail: '40 of 50 findings not recorded' }]);
  });

  it('does not drown in a body that is nothing but the same value', () => {
    const decoded = body(layer(Buffer.alloc(1_600_000, '867532051234567 ')));
    const { detections, gaps } = detector.detectBody(decoded, about);
    expect(detections).toHaveLength(DEFAULT_LIMITS.findingsMax);
    expect(gaps).toMatchObject([{ kind: 'limit-findings', detail: '95000 of 100000 findings not recorded' }]);
  });

  it('finds nothing with an empty profile', () => {
    const none = compileDetector({ ...PHONE, identifiers: {}, perApp: {} }, options);
    expect(none.patternCount).toBe(0);
    expect(none.detectBody(body(layer('867532051234567')), about).detections).toEqual([]);
  });
});
