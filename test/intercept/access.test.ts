import { expect, it } from 'vitest';
import { PhoneAccess } from '../../src/intercept/access.ts';

it.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.5', true],
  ['169.254.3.4', true],
  ['::1', true],
  ['fe80::1%wlan0', true],
  ['fd12:3456::1', true],
  ['::ffff:192.168.1.5', true],
  ['198.51.100.7', true],
  ['198.51.101.7', false],
  ['203.0.113.9', true],
  ['203.0.113.10', false],
  ['8.8.8.8', false],
  ['2001:db8:1::7', true],
  ['2001:db8:2::7', false],
  ['2606:4700::1', false],
  ['nonsense', false],
  ['', false],
])('a phone at %s may use a proxy that allows some addresses: %s', (address, may) => {
  const access = new PhoneAccess(['198.51.100.0/24', '203.0.113.9', '2001:db8:1::/48']);
  // Asked twice: what was decided is remembered.
  expect([access.mayUse(address), access.mayUse(address)]).toEqual([may, may]);
});

it.each(['198.51.100.0/33', 'example.com', '198.51.100', ''])('--allow %j is no range', (text) => {
  expect(() => new PhoneAccess([text])).toThrow(/--allow: .* is not a CIDR/);
});
