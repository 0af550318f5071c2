import { describe, expect, it } from 'vitest';
import { buildRecipientIndex } from '../../src/attribute/recipients.ts';
import { SIMULATORS } from '../../src/audit/simulators/all.ts';
import type { SimulatedRequest } from '../../src/audit/simulators/simulator.ts';
import { rc4 } from '../../src/audit/simulators/tencent-mta.ts';
import { compactStruct } from '../../src/audit/simulators/thrift.ts';
import { decodeBody } from '../../src/decode/decode-body.ts';
import { decodeRequestHead } from '../../src/decode/decode-head.ts';
import { compileDetector } from '../../src/detect/detector.ts';
import type { DeviceProfile } from '../../src/model/device-profile.ts';
import type { RequestHead } from '../../src/model/exchange.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';

const { signatures, taxonomy } = loadSignatureData({ extraFolder: null });

const phone: DeviceProfile = {
  name: 'redmi-k40',
  platform: 'android',
  identifiers: {
    imei: ['867532051234567'],
    imsi: ['460012345678901'],
    iccid: ['89860123456789012345'],
    android_id: ['9f8e7d6c5b4a3921'],
    mac_address: ['a4:50:46:1b:2c:3d'],
    oaid: ['2e66865617a9bf39'],
    serial_number: ['R58M45ABCDE'],
    utdid: ['XzW8k0Jm3pQDAKd2mT9vLx7B'],
    baidu_cuid: ['0F1E2D3C4B5A69788796A5B4C3D2E1F0|765432150235768'],
    push_token: ['S5Q4b72656d6f7665640a1b2c3d'],
  },
  perApp: {},
  location: null,
  salts: [],
};

const requests = Object.entries(SIMULATORS).flatMap(([id, simulate]) =>
  simulate(phone).map((request) => [`${id} ${request.url.slice(0, 60)}`, id, request] as const),
);

function headOf({ url, method, headers }: SimulatedRequest): RequestHead {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const secure = protocol === 'https:';
  return {
    scheme: secure ? 'https' : 'http',
    host: hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    method,
    target: pathname + search,
    httpVersion: '1.1',
    headers: Object.entries(headers),
  };
}

/** What the audit makes of a request by general decoding: the data types it finds and the kinds of its gaps. */
function audit(request: SimulatedRequest): { found: Set<string>; gaps: Set<string> } {
  const detector = compileDetector(phone, { app: null, taxonomy, limits: DEFAULT_LIMITS });
  const head = detector.detectHead(decodeRequestHead(headOf(request), DEFAULT_LIMITS), 'request');
  const contentType = request.headers['Content-Type'] ?? null;
  const about = { contentType, contentEncodings: [], whole: true, codec: null, head: null };
  const decoded = decodeBody(request.body ?? new Uint8Array(), about, DEFAULT_LIMITS);
  const body = detector.detectBody(decoded, { direction: 'request', place: 'body', message: null });
  return {
    found: new Set([...head.detections, ...body.detections].map(({ dataType }) => dataType)),
    gaps: new Set([...decoded.gaps, ...head.gaps, ...body.gaps].map(({ kind }) => kind)),
  };
}

describe('the simulators', () => {
  it('cover every SDK of the seed policies that has traffic of its own, and only SDKs with a signature', () => {
    const ids = signatures.map(({ id }) => id);
    expect(Object.keys(SIMULATORS).filter((id) => !ids.includes(id))).toEqual([]);
    const silent = [
      'facebook-stetho',
      'kinggrid-iapppdf',
      'matisse',
      'oppo-push',
      'pingan-paface-paspeech',
      'suwell-ofd',
      'vivo-push',
      'zxing',
    ];
    for (const id of silent) {
      expect(signatures.find((signature) => signature.id === id)?.network).toMatch(/^(none|unknown)$/);
      expect(SIMULATORS[id]).toBeUndefined();
    }
    expect(Object.keys(SIMULATORS).length + silent.length).toBe(29);
  });

  it.each(requests)('%s is attributed to its SDK', (_, id, request) => {
    expect(request.sdk).toBe(id);
    const index = buildRecipientIndex(signatures, { app: 'com.example.notes', firstPartyHosts: [] });
    expect(index.attribute(headOf(request)).recipient).toMatchObject({ kind: 'sdk', id });
  });

  it.each(requests)(
    '%s is the same for the same device, and carries nothing of a device without identifiers',
    (_, id, request) => {
      const again = SIMULATORS[id]?.(phone).find(({ url }) => url === request.url);
      expect(again).toEqual(request);
      const blank = SIMULATORS[id]?.({ ...phone, identifiers: {} }) ?? [];
      expect(blank.flatMap(({ identifiersSent }) => identifiersSent)).toEqual([]);
    },
  );

  it.each(requests.filter(([, , { opaque, codec }]) => opaque === null && codec === null))(
    '%s shows every identifier that it carries',
    (_, __, request) => {
      const { found } = audit(request);
      expect([...found].sort()).toEqual(
        expect.arrayContaining([...new Set(request.identifiersSent.map(({ dataType }) => dataType))].sort()),
      );
    },
  );

  it.each(requests.filter(([, , { opaque }]) => opaque !== null))(
    '%s is reported as opaque, and shows nothing',
    (_, __, request) => {
      const { found, gaps } = audit(request);
      expect([...found]).toEqual([]);
      expect([...gaps]).toContain('opaque-body');
      expect(request.identifiersSent.length).toBeGreaterThan(0);
    },
  );
});

describe('what the simulators are made of', () => {
  it.each([
    ['Key', 'Plaintext', 'bbf316e8d940af0ad3'],
    ['Wiki', 'pedia', '1021bf0420'],
  ])('rc4 with %s makes of %s what the published vectors say', (key, text, hex) => {
    expect(Buffer.from(rc4(Buffer.from(key), Buffer.from(text))).toString('hex')).toBe(hex);
  });

  it('compactStruct writes field headers, zigzag numbers and lengths', () => {
    expect(
      Buffer.from(
        compactStruct([
          [1, 'ab'],
          [4, 150],
          [5, -1],
        ]),
      ).toString('hex'),
    ).toBe('18026162' + '35ac02' + '1501' + '00');
  });
});
