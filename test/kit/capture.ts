import type { Agent } from 'node:https';
import { join } from 'node:path';
import { type Origin, startOrigin } from './origin.ts';
import { agentThroughProxy } from './proxied-client.ts';
import { type RunningProxy, startProxy } from './telltale.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The host that {@link startCapture} serves when no other is named. */
export const HOST = 'api.example.com';

export interface RunningCapture {
  readonly folder: string;
  readonly db: string;
  /** Root certificate of the proxy, which its phones must trust. */
  readonly caFile: string;
  readonly proxy: RunningProxy;
  /** Stands for every host of the capture. */
  readonly origin: Origin;
  /** A phone's kept connection through the proxy to a host, the first one if none is named. */
  readonly connect: (host?: string) => Promise<Agent>;
}

/** Starts `telltale proxy` with a folder, an evidence file and a real server of its own. */
export async function startCapture(
  handler: Parameters<typeof startOrigin>[1],
  {
    hosts = [HOST],
    options = () => [],
  }: { readonly hosts?: readonly string[]; readonly options?: (folder: string) => readonly string[] } = {},
): Promise<RunningCapture> {
  const folder = temporaryFolder();
  const origin = await startOrigin(folder, handler);
  const [db, certs] = [join(folder, 'evidence.db'), join(folder, 'certs')];
  const proxy = await startProxy(
    ...['--db', db, '--ca-dir', certs, '--allow-private', '--upstream-ca', origin.caFile],
    ...hosts.flatMap((host) => ['--resolve', `${host}=127.0.0.1:${origin.port}`]),
    ...options(folder),
  );
  const caFile = join(certs, 'ca.pem');
  return {
    folder,
    db,
    caFile,
    proxy,
    origin,
    connect: (host = hosts[0] as string) => agentThroughProxy(proxy.port, host, caFile),
  };
}
