import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { openClientCertificate } from '../intercept/client-certificate.ts';
import type { InterceptOptions } from '../intercept/intercept-proxy.ts';
import { isHostName, plainHost } from '../intercept/origin.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import { operatorError, unreadableFile } from '../model/errors.ts';
import { openDeviceProfile } from './device-profiles.ts';
import type { Target } from './targets.ts';

/** How phones come in and connections go out, as typed. */
export interface TypedIntercept {
  readonly passthrough: readonly string[];
  readonly onRefusal: 'pass' | 'block';
  readonly refusalsMax: number;
  /** `USER:PASSWORD` */
  readonly auth: readonly string[];
  /** `USER=FILE` */
  readonly userDevice: readonly string[];
  /** `PORT=FILE` */
  readonly devicePort: readonly string[];
  readonly transparent: readonly string[];
  /** URL of a proxy, `none`, or null: the system's variables decide. */
  readonly upstream: string | null;
  /** The environment's variables that name proxies. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `HOST=FILE.p12` */
  readonly clientCert: readonly string[];
  /** Each file is opened with the first of these that fits; none: the empty password. */
  readonly clientCertPassword: readonly string[];
  readonly oldTls: boolean;
}

type Upstream = NonNullable<InterceptOptions['upstream']> | null;

interface Upstreams {
  readonly upstream: Upstream;
  readonly plainUpstream: Upstream;
}

/** What the proxy is given, and the devices that are bound to ports and users. */
export interface ReadIntercept {
  readonly options: Pick<
    InterceptOptions,
    | 'listeners'
    | 'passthrough'
    | 'onRefusal'
    | 'refusalsMax'
    | 'users'
    | 'deviceOfUser'
    | 'upstream'
    | 'plainUpstream'
    | 'clientCertificates'
    | 'oldTls'
  >;
  readonly devices: readonly DeviceProfile[];
}

/**
 * Reads the options of the relay.
 * @throws TelltaleError `usage`, `file-unreadable` or `input-invalid` that names the option or the file.
 */
export function readIntercept(
  listen: Target,
  typed: TypedIntercept,
  signatureFolder: string | null = null,
): ReadIntercept {
  const devices = new Map<string, { readonly path: string; readonly profile: DeviceProfile }>();
  const deviceName = (path: string): string => {
    const profile = openDeviceProfile(path, signatureFolder);
    const namesake = devices.get(profile.name);
    if (namesake !== undefined && namesake.path !== path)
      throw operatorError('input-invalid', {
        path,
        place: 'name',
        expected: `expected a name of its own: ${namesake.path} is "${profile.name}" too`,
      });
    devices.set(profile.name, { path, profile });
    return profile.name;
  };
  const devicePorts = typed.devicePort.map((text) => {
    const [port, path] = pair(text, '--device-port', 'PORT=FILE, such as 8081=pixel.json');
    return { host: listen.host, port: portNumber(port, '--device-port'), device: deviceName(path) };
  });
  const transparent = typed.transparent.map((text) => ({
    host: listen.host,
    port: portNumber(text, '--transparent'),
    device: null,
    transparent: true,
  }));
  const users = new Map(typed.auth.map((text) => split(text, ':', '--auth', 'USER:PASSWORD')));
  const deviceOfUser = new Map(
    typed.userDevice.map((text) => {
      const [user, path] = pair(text, '--user-device', 'USER=FILE, such as ann=pixel.json');
      if (!users.has(user)) throw operatorError('usage', { message: `--user-device: ${user} is no user of --auth` });
      return [user, deviceName(path)] as const;
    }),
  );
  return {
    options: {
      listeners: [{ host: listen.host, port: listen.port, device: null }, ...devicePorts, ...transparent],
      passthrough: typed.passthrough.map(passthroughHost),
      onRefusal: typed.onRefusal,
      refusalsMax: typed.refusalsMax,
      users,
      deviceOfUser,
      ...upstreamProxies(typed),
      clientCertificates: clientCertificates(typed),
      oldTls: typed.oldTls,
    },
    devices: Array.from(devices.values(), ({ profile }) => profile),
  };
}

/** What is typed goes before the environment's variables; those are read as curl reads them, lower case first. */
function upstreamProxies({ upstream, environment: env }: TypedIntercept): Upstreams {
  if (upstream === 'none') return { upstream: null, plainUpstream: null };
  if (upstream !== null) {
    const proxy = upstreamProxy(upstream, '--upstream', env);
    return { upstream: proxy, plainUpstream: proxy };
  }
  const named = (name: string): Upstream => {
    const variable = [name, 'all_proxy']
      .flatMap((lower) => [lower, lower.toUpperCase()])
      .find((key) => env[key] !== undefined);
    const text = variable === undefined ? '' : (env[variable] as string);
    return text === '' ? null : upstreamProxy(text, `the environment's ${variable}`, env);
  };
  return { upstream: named('https_proxy'), plainUpstream: named('http_proxy') };
}

function upstreamProxy(text: string, source: string, env: TypedIntercept['environment']): NonNullable<Upstream> {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch (cause) {
    throw operatorError(
      'usage',
      { message: `${source}: "${text}" is not a URL such as http://proxy.example:3128` },
      { cause },
    );
  }
  const socks = /^socks(?:5h?)?:$/.test(url.protocol);
  if (!socks && url.protocol !== 'http:') {
    throw operatorError('usage', { message: `${source}: "${url.protocol}//" is not http:// or socks5://` });
  }
  const bypass = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(',').filter((entry) => entry.trim() !== '');
  return {
    kind: socks ? 'socks5' : 'http',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (socks ? 1080 : 80) : Number(url.port),
    user: url.username === '' ? null : decodeURIComponent(url.username),
    password: url.password === '' ? null : decodeURIComponent(url.password),
    // What runs on this machine is not to be looked for on the proxy's.
    bypass: [...bypass, 'localhost', '127.0.0.1', '::1'],
  };
}

function clientCertificates(typed: TypedIntercept): NonNullable<InterceptOptions['clientCertificates']> {
  return new Map(
    typed.clientCert.map((text) => {
      const [typedHost, path] = pair(text, '--client-cert', 'HOST=FILE.p12');
      const host = plainHost(typedHost);
      // Under anything else it would never be shown.
      if (!isHostName(host) && isIP(host) === 0)
        throw operatorError('usage', { message: `--client-cert: "${typedHost}" is no host, such as a.example.com` });
      const certificate = openClientCertificate(readBytes(path), typed.clientCertPassword);
      if (certificate !== null) return [host, certificate] as const;
      throw operatorError('input-invalid', {
        path,
        place: 'the file',
        expected: 'expected a certificate with its key (PKCS #12) that a password of --client-cert-password opens',
      });
    }),
  );
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unreadableFile(path, cause);
  }
}

function pair(text: string, option: string, expected: string): [string, string] {
  return split(text, '=', option, expected);
}

function split(text: string, separator: string, option: string, expected: string): [string, string] {
  const at = text.indexOf(separator);
  if (at <= 0 || at === text.length - 1) throw operatorError('usage', { message: `${option}: expected ${expected}` });
  return [text.slice(0, at), text.slice(at + 1)];
}

/** A URL or a port here would match nothing, and what should pass unread would be looked into. */
function passthroughHost(text: string): string {
  const host = plainHost(text.replace(/^\*\./, ''));
  if (isHostName(host) || (host === plainHost(text) && isIP(host) !== 0)) return text;
  throw operatorError('usage', {
    message: `--passthrough: "${text}" is no host, such as a.example.com or *.example.com`,
  });
}

function portNumber(text: string, option: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw operatorError('usage', { message: `${option}: "${text}" is not a port` });
  return port;
}
