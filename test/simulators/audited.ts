import type { SimulatedRequest } from '../../src/audit/simulators/simulator.ts';
import { decodeBody } from '../../src/decode/decode-body.ts';
import { decodeRequestHead } from '../../src/decode/decode-head.ts';
import { compileDetector } from '../../src/detect/detector.ts';
import type { DeviceProfile } from '../../src/model/device-profile.ts';
import type { RequestHead } from '../../src/model/exchange.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';
import { loadCodecs } from '../../src/signatures/load-codecs.ts';

/** An invented phone that has one of everything. */
export const PHONE: DeviceProfile = {
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

const { signatures, taxonomy } = loadSignatureData({ extraFolder: null });

const detector = compileDetector(PHONE, {
  app: null,
  taxonomy,
  limits: DEFAULT_LIMITS,
});

const { codecs } = loadCodecs({ extraFolder: null });
const codecOf = new Map(signatures.map(({ id, codec }) => [id, codec]));

export function headOf({ url, method, headers }: SimulatedRequest): RequestHead {
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

/**
 * What the audit makes of a request: the data types it finds and the kinds of its gaps.
 * @param withCodec false: as if the SDK had no codec.
 */
export function audited(request: SimulatedRequest, withCodec = true): { found: Set<string>; gaps: Set<string> } {
  const head = detector.detectHead(decodeRequestHead(headOf(request), DEFAULT_LIMITS), 'request');
  const codec = withCodec ? (codecOf.get(request.sdk) ?? null) : null;
  const contentType = request.headers['Content-Type'] ?? null;
  const about = { contentType, contentEncodings: [], whole: true, codec, head: headOf(request) };
  const decoded = decodeBody(request.body ?? new Uint8Array(), about, DEFAULT_LIMITS, codecs);
  const body = detector.detectBody(decoded, { direction: 'request', place: 'body', message: null });
  return {
    found: new Set([...head.detections, ...body.detections].map(({ dataType }) => dataType)),
    gaps: new Set([...decoded.gaps, ...head.gaps, ...body.gaps].map(({ kind }) => kind)),
  };
}
