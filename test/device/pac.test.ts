import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { pacFile } from '../../src/device/pac.ts';

/** Runs the file as a phone does, with the one helper of the PAC language that it uses. */
function route(addresses: readonly string[], url: string, host: string): unknown {
  const shExpMatch = (text: string, pattern: string) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(text);
  return runInNewContext(`${pacFile(addresses)}; FindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(host)})`, {
    shExpMatch,
  });
}

describe('The PAC file', () => {
  const addresses = ['192.168.1.5:8080', '[fd00::5]:8080'];
  it.each([
    ['https://api.example.com/', 'api.example.com', 'PROXY 192.168.1.5:8080; PROXY [fd00::5]:8080'],
    ['http://telltale.test/', 'telltale.test', 'PROXY 192.168.1.5:8080; PROXY [fd00::5]:8080'],
    ['http://127.0.0.1:3000/', '127.0.0.1', 'DIRECT'],
    ['http://localhost/', 'localhost', 'DIRECT'],
  ])('routes %s', (url, host, expected) => {
    expect(route(addresses, url, host)).toBe(expected);
  });
});
