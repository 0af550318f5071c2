import { encode as encodeMessagePack } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../src/decode/decode-body.ts';
import { compileDetector } from '../../../src/detect/detector.ts';
import { bd09FromGcj02, bd09McFromBd09, gcj02FromWgs84, type Point } from '../../../src/detect/places/datum.ts';
import { DEFAULT_LIMITS } from '../../../src/model/limits.ts';
import { PHONE } from '../layers.ts';

/** The official vector of Aliyun's page on coordinate conversion; the formulas in public use come within 2 m of it. */
const WGS84 = { latitude: 30.281543, longitude: 120.021519 };
const GCJ02 = { latitude: 30.279164, longitude: 120.026268 };
const BD09 = { latitude: 30.285238, longitude: 120.032768 };

const metres = (a: Point, b: Point) => {
  const east = (a.longitude - b.longitude) * Math.cos((a.latitude * Math.PI) / 180);
  return Math.hypot(a.latitude - b.latitude, east) * 111_320;
};

describe('conversion between coordinate systems', () => {
  it('comes within 2 m of the official vector', () => {
    expect(metres(gcj02FromWgs84(WGS84), GCJ02)).toBeLessThan(2);
    expect(metres(bd09FromGcj02(GCJ02), BD09)).toBeLessThan(2);
  });

  it('leaves points outside China alone', () => {
    const berlin = { latitude: 52.52, longitude: 13.405 };
    expect(gcj02FromWgs84(berlin)).toEqual(berlin);
  });

  it('gives metres that join where the bands of the projection meet', () => {
    for (const border of [15, 30, 45]) {
      const below = bd09McFromBd09({ latitude: border - 1e-9, longitude: 114 });
      const above = bd09McFromBd09({ latitude: border + 1e-9, longitude: 114 });
      expect(Math.abs(above.latitude - below.latitude), `at ${border}°`).toBeLessThan(2);
    }
    const beijing = bd09McFromBd09({ latitude: 39.915, longitude: 116.404 });
    expect([Math.round(beijing.longitude), Math.round(beijing.latitude)]).toEqual([12958175, 4825924]);
  });
});

const detector = compileDetector(
  { ...PHONE, identifiers: {}, perApp: {}, location: WGS84 },
  { app: null, taxonomy: new Map(), limits: DEFAULT_LIMITS },
);

function found(body: string | Uint8Array, contentType: string | null = null): string[] {
  const about = { contentType, contentEncodings: [], whole: true, codec: null, head: null };
  const decoded = decodeBody(typeof body === 'string' ? Buffer.from(body) : body, about, DEFAULT_LIMITS);
  return detector
    .detectBody(decoded, { direction: 'request', place: 'body', message: null })
    .detections.map(({ dataType, transform, match, field }) => `${dataType} ${transform} ${match} ${field}`);
}

const mercator = bd09McFromBd09(bd09FromGcj02(gcj02FromWgs84(WGS84)));

function doubles(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 9);
  values.forEach((value, i) => {
    bytes[i * 9] = ((i + 1) << 3) | 1;
    bytes.writeDoubleLE(value, i * 9 + 1);
  });
  return bytes;
}

describe("the phone's position", () => {
  it.each([
    ['{"lat":30.281543,"lng":120.021519}', 'location_precise wgs-84 known-value lat'],
    ['{"a":120.0215,"b":30.2815}', 'location_precise wgs-84 known-value a'],
    ['{"p":[30.279164,120.026268]}', 'location_precise gcj-02 known-value p.0'],
    ['{"pos":"120.032768,30.285238"}', 'location_precise bd-09ll known-value pos'],
    ['{"v":"30.281543x120.021519x100"}', 'location_precise wgs-84 known-value v'],
    ['{"v":"30.281543_120.021519"}', 'location_precise wgs-84 known-value v'],
    [`{"v":"30°16'53.55\\"N 120°01'17.47\\"E"}`, 'location_precise wgs-84 known-value v'],
    ['{"lat":"30\\u00b016\'53.55\\"","lng":"120\\u00b001\'17.47\\""}', 'location_precise wgs-84 known-value lat'],
    ['lat=30%C2%B016.893%27N&lng=E120%C2%B001.291%27', 'location_precise wgs-84 known-value lat'],
    ['{"a":"30/1,16/1,53550/1000","b":"120/1,1/1,1747/100"}', 'location_precise wgs-84 known-value a'],
    ['{"n":"$GPGGA,092750.0,3016.8926,N,12001.2911,E,1,8"}', 'location_precise wgs-84 known-value n'],
    ['{"g":"wtmk70t4b"}', 'location_precise geohash(wgs-84) known-value g'],
    ['{"geohash":"wtmk7"}', 'location_coarse geohash(wgs-84) known-value geohash'],
    ['{"code":"8Q2272JC+JJ"}', 'location_precise plus-code(wgs-84) known-value code'],
    ['code=8Q2272JC%2BJJ', 'location_precise plus-code(wgs-84) known-value code'],
    ['loc=30.2815%2C120.0215', 'location_precise wgs-84 known-value loc'],
    ['{"y":30281543,"x":120021519}', 'location_precise wgs-84-e6 known-value y'],
    ['{"y":302815430,"x":1200215190}', 'location_precise wgs-84-e7 known-value y'],
    ['{"y":3028154,"x":12002152}', 'location_precise wgs-84-e5 known-value y'],
    [
      `{"x":${mercator.longitude.toFixed(2)},"y":${mercator.latitude.toFixed(2)}}`,
      'location_precise bd-09mc known-value x',
    ],
    ['{"lat":"30.28","lng":"120.02"}', 'location_precise wgs-84 known-value lat'],
    ['{"latitude":30.3,"longitude":120.0}', 'location_coarse wgs-84 known-value latitude'],
    ['loc=30.28%2C120.02', 'location_precise wgs-84 known-value loc'],
    ['{"ll":"30.28;120.02"}', 'location_precise wgs-84 known-value ll'],
    ['<r><p lat="30.28" lng="120.02"/></r>', 'location_precise wgs-84 known-value r.p.@lat'],
    ['position 30.28154 / 120.02152 seen', 'location_precise wgs-84 known-value null'],
  ])('is recognised in %s', (body, expected) => {
    expect(found(body)).toEqual([expected]);
  });

  it('is recognised in binary fractions', () => {
    expect(found(encodeMessagePack({ a: 30.281543, b: 120.021519 }), 'application/msgpack')).toEqual([
      'location_precise wgs-84 known-value a',
    ]);
    expect(found(doubles(30.281543, 120.021519), 'application/x-protobuf')).toEqual([
      'location_precise wgs-84 known-value 1',
    ]);
    const bare = Buffer.concat([
      Buffer.from([1, 2, 3]),
      doubles(120.026268, 30.279164).subarray(1),
      Buffer.from([0xff]),
    ]);
    expect(found(bare)).toEqual([expect.stringContaining('location_precise gcj-02 known-value')]);
  });

  it.each([
    ['a place 5 km away', '{"lat":30.326543,"lng":120.021519}'],
    ['a number that is only the latitude', '{"price":30.281543,"size":12.5}'],
    ['latitude and longitude far from each other', `{"a":30.281543,${'"k":1234,'.repeat(10)}"b":120.021519}`],
    ['the code of a cell far away', '{"geohash":"wtmk7yt4b","plus_code":"8Q2282JC+JJ"}'],
    ['a short word in the letters of a geohash', '{"word":"wtmk7"}'],
    ['an angle of another place', `{"v":"31°16'53.55\\"N 120°01'17.47\\"E"}`],
    ['two prices', '{"was":30.28,"is":120.02}'],
  ])('is not %s', (_, body) => {
    expect(found(body).filter((finding) => finding.includes('known-value'))).toEqual([]);
  });

  it.each([
    // The examples of geohash.org and of the specification of Open Location Code.
    [{ latitude: 57.64911, longitude: 10.40744 }, 'u4pruydqqvj', 'geohash(wgs-84)'],
    [{ latitude: 47.36559, longitude: 8.524997 }, '8FVC9G8F+6XQ', 'plus-code(wgs-84)'],
    [{ latitude: -41.273012, longitude: 174.785937 }, '4VCPPQGP+Q9', 'plus-code(wgs-84)'],
  ])('at %j is recognised in %s', (location, code, transform) => {
    const options = { app: null, taxonomy: new Map(), limits: DEFAULT_LIMITS };
    const there = compileDetector({ ...PHONE, identifiers: {}, perApp: {}, location }, options);
    const about = { contentType: null, contentEncodings: [], whole: true, codec: null, head: null };
    const decoded = decodeBody(Buffer.from(JSON.stringify({ v: code })), about, DEFAULT_LIMITS);
    const { detections } = there.detectBody(decoded, { direction: 'request', place: 'body', message: null });
    expect(detections).toMatchObject([{ dataType: 'location_precise', transform, match: 'known-value' }]);
  });

  it('is not looked for where it is nowhere, nor in counts near a small coordinate', () => {
    const at = (location: Point) => {
      const options = { app: null, taxonomy: new Map(), limits: DEFAULT_LIMITS };
      const local = compileDetector({ ...PHONE, identifiers: {}, perApp: {}, location }, options);
      const about = { contentType: null, contentEncodings: [], whole: true, codec: null, head: null };
      const decoded = decodeBody(Buffer.from('{"a":1380,"b":1234,"c":"0.0,0.0"}'), about, DEFAULT_LIMITS);
      return local.detectBody(decoded, { direction: 'request', place: 'body', message: null }).detections;
    };
    expect(at({ latitude: 0, longitude: 0 })).toEqual([]);
    expect(at({ latitude: 0.0123, longitude: 0.0138 })).toEqual([]);
  });
});
