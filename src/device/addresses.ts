import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/**
 * The addresses of this machine that a phone on the same network can reach, most likely first: private IPv4, other IPv4, then
 * IPv6. Loopback and link-local ones are left out (a phone cannot use them), and those of virtual bridges come last.
 */
export function lanAddresses(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>> = networkInterfaces(),
): string[] {
  const ranked = Object.entries(interfaces).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(({ internal, address }) => !internal && !isLinkLocal(address))
      .map(({ address, family }) => ({ address, rank: rankOf(name, address, family) })),
  );
  // Array.sort is stable: the system's own order stays within a rank.
  return [...new Set(ranked.sort((left, right) => left.rank - right.rank).map(({ address }) => address))];
}

/** `host:port` as typed into a phone or a URL: IPv6 addresses get brackets. */
export function hostAndPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function rankOf(name: string, address: string, family: string): number {
  const virtual = /^(docker|br-|veth|virbr|vmnet|vboxnet|lxc|cni|tun|tap|utun|wg|tailscale|zt)/.test(name) ? 10 : 0;
  if (family === 'IPv4') return virtual + (isPrivateIpv4(address) ? 0 : 1);
  return virtual + 2;
}

function isPrivateIpv4(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
}

function isLinkLocal(address: string): boolean {
  return /^(169\.254\.|fe[89ab][0-9a-f]:)/i.test(address);
}
