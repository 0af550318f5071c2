import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { TelltaleError } from '../model/errors.ts';

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Which phones may use the proxy: loopback and private addresses, and the ranges that the operator names. */
export class PhoneAccess {
  readonly #ranges: readonly Range[];
  readonly #decided = new Map<string, boolean>();

  /** @throws TelltaleError `usage` when a range is no CIDR. */
  constructor(allow: readonly string[]) {
    this.#ranges = allow.map((text) => {
      try {
        // ipaddr.js takes 198.51.100 for 198.51.0.100, as C's inet_aton does; whoever types it means something else.
        if (isIP(text.split('/', 1)[0] as string) === 0) throw new RangeError('no address');
        if (!text.includes('/')) {
          const address = ipaddr.process(text);
          return [address, address.kind() === 'ipv4' ? 32 : 128] as const;
        }
        return ipaddr.parseCIDR(text);
      } catch (cause) {
        throw new TelltaleError(
          'usage',
          { message: `--allow: ${text} is not a CIDR such as 198.51.100.0/24` },
          { cause },
        );
      }
    });
  }

  mayUse(address: string): boolean {
    const known = this.#decided.get(address);
    if (known !== undefined) return known;
    const decided = this.#decide(address);
    if (this.#decided.size > 10_000) this.#decided.clear();
    this.#decided.set(address, decided);
    return decided;
  }

  #decide(address: string): boolean {
    const parsed = parseAddress(address);
    if (parsed === null) return false;
    const range = parsed.range();
    if (['loopback', 'private', 'linkLocal', 'uniqueLocal'].includes(range)) return true;
    return this.#ranges.some(
      ([network, bits]) => network.kind() === parsed.kind() && parsed.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits),
    );
  }
}

/** Ranges that only this machine or its link can mean; a phone has no business there through us. */
const LOCAL_RANGES = new Set(['loopback', 'linkLocal', 'unspecified', 'broadcast', 'multicast']);

/** Which addresses may be connected to on behalf of a phone. */
export class TargetAccess {
  readonly #allowPrivate: boolean;
  #listeners: readonly { readonly host: string; readonly port: number }[] = [];

  constructor(allowPrivate: boolean) {
    this.#allowPrivate = allowPrivate;
  }

  /** Tells where the proxy itself listens. */
  listening(listeners: readonly { readonly host: string; readonly port: number }[]): void {
    this.#listeners = listeners;
  }

  /**
   * @param otherwise `names`: what is no address is a name, which is looked at when it resolves.
   * @returns why the address may not be reached, as the end of a sentence; null when it may.
   */
  refusal(address: string, port: number, otherwise: 'addresses' | 'names' = 'addresses'): string | null {
    const parsed = parseAddress(address);
    if (parsed === null) return otherwise === 'names' ? null : 'is not an address';
    if (this.isOwnListener(address, port)) return 'is the proxy itself';
    if (!this.#allowPrivate && LOCAL_RANGES.has(parsed.range())) {
      return 'is a loopback or link-local address (start with --allow-private to reach it)';
    }
    return null;
  }

  isOwnListener(address: string, port: number): boolean {
    const same = this.#listeners.filter((listener) => listener.port === port);
    if (same.length === 0) return false;
    const parsed = parseAddress(address);
    if (parsed === null) return false;
    const wanted = parsed.toNormalizedString();
    return same.some((listener) => {
      const bound = parseAddress(listener.host);
      if (bound === null) return true;
      if (bound.range() !== 'unspecified') return bound.toNormalizedString() === wanted;
      // Listening everywhere: every address of this machine is ours, and 0.0.0.0 reaches it too.
      return parsed.range() === 'loopback' || parsed.range() === 'unspecified' || ownAddresses().has(wanted);
    });
  }
}

function ownAddresses(): Set<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.map(({ address }) => parseAddress(address)?.toNormalizedString() ?? address));
}

/** Ways to write an IPv4 address into an IPv6 one, and where its four bytes stand: translated (RFC 6145, RFC 6052) and 6to4 (RFC 3056). */
const EMBEDDING: Readonly<Record<string, number>> = { rfc6145: 12, rfc6052: 12, '6to4': 2 };

/** An address without its zone; one that embeds an IPv4 address is that address. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const plain = text.split('%', 1)[0] as string;
  if (!ipaddr.isValid(plain)) return null;
  const address = ipaddr.process(plain);
  const at = address.kind() === 'ipv6' ? EMBEDDING[address.range()] : undefined;
  return at === undefined ? address : ipaddr.fromByteArray(address.toByteArray().slice(at, at + 4));
}
