import { readFileSync } from 'node:fs';
import { profileNotices } from '../detect/profile-notices.ts';
import { lanAddresses } from '../device/addresses.ts';
import { NO_DEVICE } from '../device/profile.ts';
import { qrForTerminal } from '../device/qr.ts';
import { setUpPages } from '../device/set-up-pages.ts';
import { type Authority, openAuthority } from '../intercept/authority.ts';
import { InterceptProxy } from '../intercept/intercept-proxy.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import { operatorError, unreadableFile } from '../model/errors.ts';
import type { CaptureSink } from '../model/exchange.ts';
import { DEFAULT_LIMITS } from '../model/limits.ts';
import type { MarkKind } from '../model/mark.ts';
import { watchAliases } from './alias-watch.ts';
import type { AuditPlan, StorePlan } from './audit-plan.ts';
import type { AuditCounts } from './auditor.ts';
import { openDeviceProfile } from './device-profiles.ts';
import { readIntercept, type TypedIntercept } from './intercept-options.ts';
import { type AuditSummary, LiveAudit } from './live-audit.ts';
import { connectionLimits, openFilesMax } from './open-files.ts';
import { parseHostMapping, parseTarget, type Target } from './targets.ts';

export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string, facts: Record<string, unknown>) => void;

/** What the operator asked for, as typed; checked here. */
export interface CaptureOptions {
  readonly listen: Target;
  readonly db: string;
  /** Null: named after the time it starts. */
  readonly capture: string | null;
  /** A profile, or the path of one; null: none. */
  readonly device: DeviceProfile | string | null;
  readonly app: string | null;
  readonly policy: string | null;
  readonly caDir: string;
  readonly allow: readonly string[];
  readonly upstreamCa: readonly string[];
  readonly insecureUpstream: boolean;
  /** `HOST=ADDR:PORT`, like curl's --resolve. */
  readonly resolve: readonly string[];
  readonly allowPrivate: boolean;
  readonly firstParty: readonly string[];
  /** Ask which hosts are aliases of others: at the machine's name server (true) or at `HOST:PORT`. */
  readonly resolveCname: true | string | null;
  readonly signatures: string | null;
  /** Left out: the plain proxy on `listen`. */
  readonly intercept?: TypedIntercept;
  readonly store: StorePlan;
  readonly version: string;
  readonly log: Log;
  /** The store refused a batch and the capture goes on without it. */
  readonly onNotStored: (message: string, exchanges: number) => void;
  /** The evidence file can no longer be written. */
  readonly onFailure: (error: Error) => void;
}

/** A capture under way. */
export interface RunningCapture {
  readonly name: string;
  /** Where the proxy listens. */
  readonly address: Target;
  /** The further ports: those of one device each, and those that a gateway redirects to. */
  readonly furtherPorts: readonly {
    readonly port: number;
    readonly device: string | null;
    readonly transparent: boolean;
  }[];
  /** `host:port` to type into the phone, one for each address of this machine that a phone can reach. */
  readonly phoneAddresses: readonly string[];
  /** A QR code of the set-up page, to be printed on a terminal; in colour it is right on any theme. */
  readonly setUpQr: (coloured: boolean) => string;
  readonly authority: Pick<Authority, 'created' | 'path'>;
  /** What is doubtful about the device profile, in sentences without its values. */
  readonly notices: readonly string[];
  readonly counts: () => AuditCounts;
  readonly addMark: (kind: MarkKind, note: string | null) => void;
  /** Stops listening, lets running exchanges end, seals and closes the evidence file. */
  readonly stop: () => Promise<AuditSummary>;
}

/**
 * Starts a live capture: certificate authority, audit thread, proxy, set-up page.
 * @throws TelltaleError for everything the operator can mend; nothing keeps running then.
 */
export async function startCapture(options: CaptureOptions): Promise<RunningCapture> {
  const startedAt = Date.now();
  const resolve = new Map(options.resolve.map(parseHostMapping));
  const upstreamCa = options.upstreamCa.map(readPem);
  const device =
    typeof options.device === 'string'
      ? openDeviceProfile(options.device, options.signatures)
      : (options.device ?? NO_DEVICE);
  const intercept =
    options.intercept === undefined ? null : readIntercept(options.listen, options.intercept, options.signatures);
  const authority = openAuthority(options.caDir);
  const plan = auditPlan(options, device, intercept?.devices ?? [], startedAt);
  const audit = await LiveAudit.start(plan, {
    onDefect: (stack) => options.log('error', 'an exchange could not be judged', { stack }),
    onNotStored: options.onNotStored,
    onFailure: options.onFailure,
  });
  const phoneAddresses: string[] = [];
  const addMark = (kind: MarkKind, note: string | null) => audit.addMark(kind, Date.now(), note);
  const listeners = intercept?.options.listeners ?? [{ ...options.listen, device: null }];
  const newProxy = () =>
    new InterceptProxy({
      authority,
      sink: options.resolveCname === null ? audit.sink : aliasesWatched(audit, options.resolveCname),
      localPages: setUpPages({
        ...certificateOf(authority),
        proxyAddresses: phoneAddresses,
        captureName: audit.captureName,
        counts: () => audit.counts,
        addMark,
        defect: (error) =>
          options.log('error', 'a page of the proxy failed', {
            error: error instanceof Error ? error.stack : String(error),
          }),
      }),
      resolve,
      upstreamCa,
      insecureUpstream: options.insecureUpstream,
      allow: options.allow,
      allowPrivate: options.allowPrivate,
      clock: Date.now,
      log: options.log,
      limits: connectionLimits(openFilesMax()),
      ...intercept?.options,
      listeners,
    });
  let proxy: InterceptProxy;
  let address: Target;
  let further: readonly Target[];
  // An option that is not good comes to light here too, and the audit's thread must not outlive it.
  try {
    proxy = newProxy();
    [address, ...further] = (await proxy.start()) as readonly [Target, ...Target[]];
  } catch (error) {
    await audit.close(Date.now());
    throw error;
  }
  phoneAddresses.push(...reachableAddresses(address));
  return {
    name: audit.captureName,
    address,
    furtherPorts: further.map(({ port }, index) => ({
      port,
      device: listeners[index + 1]?.device ?? null,
      transparent: listeners[index + 1]?.transparent === true,
    })),
    phoneAddresses,
    setUpQr: (coloured) => qrForTerminal(`http://${phoneAddresses[0]}/`, coloured),
    authority,
    notices: profileNotices(device),
    counts: () => audit.counts,
    addMark,
    stop: async () => {
      await proxy.shutDown();
      return audit.close(Date.now());
    },
  };
}

function aliasesWatched(audit: LiveAudit, server: true | string): CaptureSink {
  if (server !== true) parseTarget(server, '--resolve-cname');
  const onAlias = (host: string, chain: readonly string[]) => audit.addAlias(host, chain, Date.now());
  return watchAliases({ sink: audit.sink, server: server === true ? null : server, onAlias });
}

function certificateOf(authority: Authority): Pick<Authority, 'certificatePem' | 'certificateDer' | 'subjectHashOld'> {
  const { certificatePem, certificateDer, subjectHashOld } = authority;
  return { certificatePem, certificateDer, subjectHashOld };
}

function auditPlan(
  options: CaptureOptions,
  device: DeviceProfile,
  devices: readonly DeviceProfile[],
  startedAt: number,
): AuditPlan {
  return {
    db: options.db,
    captureName:
      options.capture ??
      `capture-${new Date(startedAt).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`,
    startedAt,
    app: options.app,
    device,
    devices,
    firstPartyHosts: options.firstParty,
    signatureFolder: options.signatures,
    limits: DEFAULT_LIMITS,
    store: options.store,
    facts: {
      version: options.version,
      source: 'proxy',
      policy: options.policy,
      insecure_upstream: options.insecureUpstream,
    },
  };
}

function readPem(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadableFile(path, error);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw operatorError('input-invalid', {
      path,
      place: 'the file',
      expected: 'expected certificates in PEM form (-----BEGIN CERTIFICATE-----)',
    });
  }
  return text;
}

/** A proxy that listens everywhere is reached at each address of the machine; one that listens somewhere, there. */
function reachableAddresses(address: Target): string[] {
  const everywhere = address.host === '0.0.0.0' || address.host === '::';
  const hosts = everywhere ? lanAddresses() : [address.host];
  return (hosts.length > 0 ? hosts : ['127.0.0.1']).map((host) =>
    host.includes(':') ? `[${host}]:${address.port}` : `${host}:${address.port}`,
  );
}
