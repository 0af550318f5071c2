import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SimulatedPhone } from '../../src/audit/demo/simulated-phone.ts';
import { startStandInServers } from '../../src/audit/demo/stand-in-servers.ts';
import { SIMULATORS } from '../../src/audit/simulators/all.ts';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { startProxy } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { PHONE } from '../simulators/audited.ts';

it('what 21 simulated SDKs send through the real proxy is attributed to them and found, or reported as opaque', async () => {
  const folder = temporaryFolder();
  const servers = await startStandInServers(join(folder, 'stand-in'));
  const device = join(folder, 'phone.json');
  writeFileSync(device, JSON.stringify({ name: PHONE.name, platform: PHONE.platform, identifiers: PHONE.identifiers }));
  const requests = Object.values(SIMULATORS).flatMap((simulate) => simulate(PHONE));
  const resolve = requests.flatMap(({ url }) => {
    const { protocol, hostname } = new URL(url);
    return ['--resolve', `${hostname}=127.0.0.1:${protocol === 'https:' ? servers.tlsPort : servers.clearPort}`];
  });
  const [db, certs] = [join(folder, 'evidence.db'), join(folder, 'certs')];
  const flags = ['--db', db, '--ca-dir', certs, '--device', device, '--app', 'com.example.notes', '--allow-private'];
  const proxy = await startProxy(...flags, '--upstream-ca', servers.rootFile, ...resolve);
  const phone = new SimulatedPhone(
    { host: '127.0.0.1', port: proxy.port },
    readFileSync(join(certs, 'ca.pem'), 'utf8'),
  );
  for (const request of requests) expect(await phone.send(request), request.url).toBe(200);
  expect((await proxy.stop()).status).toBe(0);
  servers.close();

  const reader = EvidenceReader.open(db);
  onTestFinished(() => reader.close());
  const { findings, gaps } = reader.captureEvidence(null);
  const exchanges = [...reader.exchanges({ capture: null, limit: null })];
  expect(exchanges).toHaveLength(requests.length);
  requests.forEach((request, at) => {
    const exchange = exchanges[at] as (typeof exchanges)[number];
    expect(exchange.url).toBe(request.url);
    expect(`${exchange.url} ${exchange.recipient.kind} ${exchange.recipient.id}`).toBe(
      `${request.url} sdk ${request.sdk}`,
    );
    const found = new Set(
      findings.filter((finding) => finding.exchange === exchange.id).map(({ dataType }) => dataType),
    );
    const kinds = gaps.filter((gap) => gap.exchange === exchange.id).map(({ gap }) => gap.kind);
    const sent = [...new Set(request.identifiersSent.map(({ dataType }) => dataType))];
    if (request.opaque === null) {
      expect(
        sent.filter((type) => !found.has(type)),
        `missed in ${request.url}`,
      ).toEqual([]);
    } else {
      expect(
        sent.filter((type) => found.has(type)),
        `read in ${request.url}`,
      ).toEqual([]);
      expect(kinds, request.url).toContain('opaque-body');
    }
  });
});
