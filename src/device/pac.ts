/**
 * A proxy auto-configuration file that sends everything through telltale.
 *
 * There is no DIRECT to fall back to: traffic that goes round the proxy would be missing from the evidence in silence. Only the
 * phone's own loopback is left alone.
 *
 * @param addresses `host:port` of the proxy, the one to try first in front; none of them may come from traffic.
 */
export function pacFile(addresses: readonly string[]): string {
  const route = addresses.map((address) => `PROXY ${address}`).join('; ');
  return `function FindProxyForURL(url, host) {
  if (host === "localhost" || host === "::1" || shExpMatch(host, "127.*")) return "DIRECT";
  return ${JSON.stringify(route)};
}
`;
}
