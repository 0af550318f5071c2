import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../intercept/make-folder.ts';
import type { DeviceProfile } from '../../model/device-profile.ts';
import { type Log, startCapture } from '../capture.ts';
import { SIMULATORS } from '../simulators/all.ts';
import { APP, type SimulatedRequest } from '../simulators/simulator.ts';
import { SimulatedPhone } from './simulated-phone.ts';
import { type StandInServers, startStandInServers } from './stand-in-servers.ts';

/** An invented phone; its numbers belong to nobody. */
export const DEMO_DEVICE: DeviceProfile = {
  name: 'demo-phone',
  platform: 'android',
  identifiers: {
    imei: ['867532051234569'],
    imsi: ['460012345678901'],
    iccid: ['89860012345678901234'],
    android_id: ['9f8e7d6c5b4a3921'],
    oaid: ['2e66865617a9bf39'],
    mac_address: ['a4:50:46:1b:2c:3d'],
    serial_number: ['R58M45ABCDE'],
    phone_number: ['13912345678'],
  },
  perApp: {},
  location: { latitude: 22.5431, longitude: 114.0579 },
  salts: [],
};

/** SDKs whose first request goes out before the tester has consented. The others wait. */
const EAGER = ['umeng', 'getui', 'amap', 'mob-sharesdk', 'tencent-mta'] as const;

export interface DemoResult {
  readonly db: string;
  readonly policy: string;
  readonly capture: string;
  readonly sdks: number;
  readonly requests: number;
}

/**
 * A simulated phone with the SDKs that telltale can simulate goes through the real proxy, over real TLS, to local servers that
 * stand for the SDKs' hosts; consent comes in between. Nothing leaves this machine.
 *
 * @param folder where the evidence, the policy and the certificates go.
 */
export async function runDemo(
  folder: string,
  version: string,
  log: Log,
  tell: (step: string) => void,
): Promise<DemoResult> {
  makeFolder(folder);
  const policy = join(folder, 'policy.txt');
  copyFileSync(new URL('./policy.txt', import.meta.url), policy);
  const requests = Object.entries(SIMULATORS).flatMap(([sdk, simulate]) =>
    simulate(DEMO_DEVICE).map((request) => ({ sdk, request })),
  );
  const servers = await startStandInServers(join(folder, 'stand-in-certs'));
  const db = join(folder, 'demo.db');
  const failures: Error[] = [];
  try {
    const capture = await startCapture({
      listen: { host: '127.0.0.1', port: 0 },
      db,
      capture: 'demo',
      device: DEMO_DEVICE,
      app: APP.id,
      policy,
      caDir: join(folder, 'certs'),
      allow: [],
      upstreamCa: [servers.rootFile],
      insecureUpstream: false,
      resolve: requests.map(({ request }) => mapping(request, servers)),
      allowPrivate: true,
      firstParty: [],
      resolveCname: null,
      signatures: null,
      store: { keepBodies: 'all', maxBytes: null, redact: false, secret: null, onError: 'stop' },
      version,
      log,
      onNotStored: () => undefined,
      onFailure: (error) => failures.push(error),
    });
    const phone = new SimulatedPhone(capture.address, readFileSync(join(folder, 'certs', 'ca.pem'), 'utf8'));
    try {
      tell('the app starts; some of its SDKs do not wait for consent');
      await sendAll(
        phone,
        requests.filter(({ sdk }) => (EAGER as readonly string[]).includes(sdk)).map(({ request }) => request),
      );
      capture.addMark('consent', 'the tester agrees to the policy');
      tell('the tester agrees to the privacy policy');
      await sendAll(
        phone,
        requests.map(({ request }) => request),
      );
    } finally {
      await capture.stop();
    }
    if (failures[0] !== undefined) throw failures[0];
    return {
      db,
      policy,
      capture: capture.name,
      sdks: new Set(requests.map(({ sdk }) => sdk)).size,
      requests: capture.counts().exchanges,
    };
  } finally {
    servers.close();
  }
}

function mapping({ url }: SimulatedRequest, servers: StandInServers): string {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'https:';
  return `${hostname}:${port || (secure ? 443 : 80)}=127.0.0.1:${secure ? servers.tlsPort : servers.clearPort}`;
}

/** One after the other, as the simulated app does: the same run gives the same order of exchanges. */
async function sendAll(phone: SimulatedPhone, requests: readonly SimulatedRequest[]): Promise<void> {
  for (const request of requests) {
    const status = await phone.send(request);
    if (status !== 200) throw new Error(`${request.url} answered ${status}`);
  }
}
