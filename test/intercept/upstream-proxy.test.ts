import { expect, it } from 'vitest';
import { goesThrough, type UpstreamProxy } from '../../src/intercept/upstream-proxy.ts';

it.each([
  // NO_PROXY            host                port  without the proxy
  ['', 'a.example', 443, false],
  ['*', 'a.example', 443, true],
  ['a.example', 'a.example', 443, true],
  ['A.Example', 'a.example', 443, true],
  ['a.example.', 'x.a.example', 443, true],
  ['a.example.:443', 'a.example', 443, true],
  ['a.example', 'x.a.example', 443, true],
  ['.a.example', 'x.a.example', 443, true],
  ['*.a.example', 'x.a.example', 443, true],
  ['a.example', 'xa.example', 443, false],
  ['a.example:8443', 'a.example', 8443, true],
  ['a.example:8443', 'a.example', 443, false],
  ['10.0.0.0/8', '10.1.2.3', 80, true],
  ['10.0.0.0/8', '11.1.2.3', 80, false],
  ['10.0.0.0/8', '10.example', 80, false],
  ['10.0.0.0/99', '10.1.2.3', 80, false],
  ['192.0.2.1', '192.0.2.1', 80, true],
  ['2.1', '192.0.2.1', 80, false],
  ['2001:db8::/32', '2001:db8::1', 80, true],
  ['2001:DB8::1', '2001:db8:0::1', 80, true],
  ['[2001:db8::1]:8080', '2001:db8::1', 8080, true],
  ['[2001:db8::1]:8080', '2001:db8::1', 80, false],
] as const)('NO_PROXY=%j for %s:%i', (entry, host, port, direct) => {
  const proxy: UpstreamProxy = { kind: 'http', host: 'p', port: 1, user: null, password: null, bypass: [entry] };
  expect(!goesThrough(proxy, host, port)).toBe(direct);
});
