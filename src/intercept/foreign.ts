import { type Authority, parseAuthority } from './origin.ts';

/** How a connection may begin that we know and do not speak. */
export interface Foreign {
  /** What it is and what to do about it, for people. */
  readonly sentence: string;
  /** What it wanted to reach; null: that is not said. */
  readonly target: Authority | null;
  /** Says no in its own words. */
  readonly reply: Buffer;
}

const SOCKS4 = { version: 4, connect: 1, bind: 2 } as const;
/** Request rejected, with a port and an address that mean nothing. */
const SOCKS4_REJECTED = Buffer.from([0, 91, 0, 0, 0, 0, 0, 0]);
/** The first lines of the PROXY protocol, versions 1 and 2. */
const PROXY_HEADER = /^(?:PROXY (?:TCP[46]|UNKNOWN)[ \r]|\r\n\r\n\0\r\nQUIT\n)/;

/** @returns null for anything else. */
export function foreignOf(bytes: Buffer): Foreign | null {
  if (bytes[0] === SOCKS4.version && (bytes[1] === SOCKS4.connect || bytes[1] === SOCKS4.bind)) {
    const sentence = 'This is SOCKS4: set the phone or app to SOCKS5 or to an HTTP proxy, at the same host and port.';
    return { sentence, target: socks4Target(bytes), reply: SOCKS4_REJECTED };
  }
  if (PROXY_HEADER.test(bytes.toString('latin1', 0, 16))) {
    const sentence =
      'The connection begins with a PROXY protocol header, which a load balancer in between adds: turn that off there (send-proxy).';
    return { sentence, target: null, reply: Buffer.alloc(0) };
  }
  return null;
}

/** Port, address, user, and in SOCKS4a a name in place of an address that begins 0.0.0. */
function socks4Target(bytes: Buffer): Authority | null {
  if (bytes.length < 8) return null;
  const address = bytes.subarray(4, 8);
  const isName = address.readUIntBE(0, 3) === 0 && address[3] !== 0;
  const [, name = ''] = bytes.toString('latin1', 8).split('\0', 2);
  return parseAuthority(`${isName ? name : address.join('.')}:${bytes.readUInt16BE(2)}`, null);
}
