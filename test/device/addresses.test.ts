import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { hostAndPort, lanAddresses } from '../../src/device/addresses.ts';

function address(text: string, internal = false): NetworkInterfaceInfo {
  const family = text.includes(':') ? 'IPv6' : 'IPv4';
  return { address: text, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 } as NetworkInterfaceInfo;
}

describe('lanAddresses', () => {
  it('puts what a phone most likely reaches first and leaves out what it cannot', () => {
    const interfaces = {
      lo: [address('127.0.0.1', true), address('::1', true)],
      docker0: [address('172.17.0.1')],
      eth0: [address('fe80::1'), address('fd00::5'), address('203.0.113.9'), address('192.168.1.5')],
      wlan0: [address('10.0.0.7'), address('169.254.7.7')],
      eth1: undefined,
    };
    expect(lanAddresses(interfaces)).toEqual(['192.168.1.5', '10.0.0.7', '203.0.113.9', 'fd00::5', '172.17.0.1']);
  });

  it('reads those of this machine', () => {
    for (const found of lanAddresses()) expect(found).not.toMatch(/^(127\.|169\.254\.|fe80:|::1$)/);
  });
});

describe('hostAndPort', () => {
  it.each([
    ['192.168.1.5', '192.168.1.5:8080'],
    ['fd00::5', '[fd00::5]:8080'],
    ['telltale.test', 'telltale.test:8080'],
  ])('writes %s as it is typed', (host, typed) => {
    expect(hostAndPort(host, 8080)).toBe(typed);
  });
});
