import { isIP, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { addressBytes } from './certificate.ts';
import { plainHost } from './origin.ts';

/** A proxy that our own connections go through. */
export interface UpstreamProxy {
  readonly kind: 'http' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly password: string | null;
  /** What is reached without it, as in NO_PROXY: names (and all below them), addresses, CIDRs, each with or without a port; `*` for all. */
  readonly bypass: readonly string[];
}

/** Whether connections to a host go through the proxy. */
export function goesThrough(proxy: UpstreamProxy, host: string, port: number): boolean {
  return !proxy.bypass.some((entry) => bypasses(entry.trim().toLowerCase(), host, port));
}

function bypasses(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  if (isIP(host) !== 0 && entry.includes('/')) return isWithin(host, entry);
  const [, bracketed, plain, wantedPort] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && Number(wantedPort) !== port) return false;
  // An IPv6 address may also stand without brackets, and then without a port.
  const name = plainHost(bracketed ?? plain?.replace(/^\*?\./, '') ?? entry);
  if (name === '') return false;
  if (isIP(name) !== 0) return isIP(host) === isIP(name) && isWithin(host, `${name}/${isIP(name) === 4 ? 32 : 128}`);
  return isIP(host) === 0 && (host === name || host.endsWith(`.${name}`));
}

function isWithin(host: string, range: string): boolean {
  if (!ipaddr.isValidCIDR(range)) return false;
  const [network, bits] = ipaddr.parseCIDR(range);
  const address = ipaddr.process(host);
  return address.kind() === network.kind() && address.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits);
}

/** Value of Proxy-Authorization; null when the proxy asks for none. */
export function credentials(proxy: UpstreamProxy): string | null {
  if (proxy.user === null) return null;
  return `Basic ${Buffer.from(`${proxy.user}:${proxy.password ?? ''}`).toString('base64')}`;
}

const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * Asks a proxy, over a connection to it, for one to the target.
 * @param done called once: null when the socket now speaks with the target, or what the proxy said instead.
 */
export function openThrough(
  socket: Socket,
  proxy: UpstreamProxy,
  host: string,
  port: number,
  done: (refusal: string | null) => void,
): void {
  let bytes = Buffer.alloc(0);
  const machine = proxy.kind === 'http' ? connectMachine(proxy, host, port) : socksMachine(proxy, host, port);
  const finish = (refusal: string | null) => {
    socket.removeListener('data', onData);
    socket.removeListener('end', onEnd);
    socket.removeListener('error', onEnd);
    socket.removeListener('close', onEnd);
    socket.pause();
    if (refusal === null && bytes.length > 0) socket.unshift(bytes);
    done(refusal);
  };
  const onEnd = () => finish('closed the connection');
  const onData = (piece: Buffer) => {
    bytes = Buffer.concat([bytes, piece]);
    for (;;) {
      const step = machine(bytes);
      bytes = bytes.subarray(step.taken);
      if (step.send !== undefined) socket.write(step.send);
      if (step.refusal !== undefined) return finish(step.refusal);
      if (step.taken === 0) break;
    }
    if (bytes.length > ANSWER_BYTES_MAX) finish('talks without end');
  };
  socket.on('data', onData);
  socket.once('end', onEnd);
  socket.once('error', onEnd);
  socket.once('close', onEnd);
  const first = machine(bytes);
  if (first.send !== undefined) socket.write(first.send);
  socket.resume();
}

/** What a machine makes of the bytes so far; `refusal` ends it, null being success. */
interface Step {
  readonly taken: number;
  readonly send?: Buffer | string;
  readonly refusal?: string | null;
}

function connectMachine(proxy: UpstreamProxy, host: string, port: number): (bytes: Buffer) => Step {
  let asked = false;
  return (bytes) => {
    if (!asked) {
      asked = true;
      const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
      const authorization = credentials(proxy);
      const line = authorization === null ? '' : `Proxy-Authorization: ${authorization}\r\n`;
      return { taken: 0, send: `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${line}\r\n` };
    }
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1) return { taken: 0 };
    const line = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1] ?? '';
    return { taken: end + 4, refusal: status.startsWith('2') ? null : `answered ${line.slice(0, 80)}` };
  };
}

function socksMachine(proxy: UpstreamProxy, host: string, port: number): (bytes: Buffer) => Step {
  let stage: 'greet' | 'method' | 'password' | 'reply' = 'greet';
  const request = () => {
    stage = 'reply';
    return Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(host), Buffer.from([port >> 8, port & 255])]);
  };
  return (bytes) => {
    if (stage === 'greet') {
      stage = 'method';
      return { taken: 0, send: Buffer.from(proxy.user === null ? [5, 1, 0] : [5, 2, 0, 2]) };
    }
    if (bytes.length < 2) return { taken: 0 };
    if (stage === 'method') {
      if (bytes[0] !== 5 || (bytes[1] !== 0 && bytes[1] !== 2))
        return { taken: 2, refusal: 'takes none of our ways to log in' };
      if (bytes[1] === 0) return { taken: 2, send: request() };
      stage = 'password';
      const name = Buffer.from(proxy.user ?? '');
      const password = Buffer.from(proxy.password ?? '');
      return {
        taken: 2,
        send: Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([password.length]), password]),
      };
    }
    if (stage === 'password') {
      return bytes[1] === 0 ? { taken: 2, send: request() } : { taken: 2, refusal: 'rejected our user or password' };
    }
    const length =
      bytes[3] === 1
        ? 10
        : bytes[3] === 4
          ? 22
          : bytes[3] === 3
            ? 7 + (bytes[4] ?? 255)
            : bytes.length < 4
              ? Number.POSITIVE_INFINITY
              : 4;
    if (bytes.length < length) return { taken: 0 };
    return { taken: length, refusal: bytes[1] === 0 ? null : `refused the connection (SOCKS reply ${bytes[1]})` };
  };
}

/** An address as SOCKS5 writes it (RFC 1928 §5). A name goes along unresolved: the proxy may know names that we do not. */
function socksAddress(host: string): Buffer {
  if (isIP(host) === 0) return Buffer.concat([Buffer.from([3, host.length]), Buffer.from(host, 'latin1')]);
  return Buffer.concat([Buffer.from([isIP(host) === 4 ? 1 : 4]), addressBytes(host)]);
}
