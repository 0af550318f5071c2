import { expect, it } from 'vitest';
import { parseHostMapping } from '../../src/audit/targets.ts';

it.each([
  ['h.example=127.0.0.1:8443', 'h.example', '127.0.0.1', 8443],
  ['H.Example.=127.0.0.1:8443', 'h.example', '127.0.0.1', 8443],
  ['h.example:443=stage.example:8443', 'h.example:443', 'stage.example', 8443],
  ['h.example.:443=[::1]:8443', 'h.example:443', '::1', 8443],
  ['192.0.2.1=127.0.0.1:80', '192.0.2.1', '127.0.0.1', 80],
  ['2001:DB8::0:1=127.0.0.1:80', '[2001:db8::1]', '127.0.0.1', 80],
  ['[2001:db8::1]=127.0.0.1:80', '[2001:db8::1]', '127.0.0.1', 80],
  ['[2001:db8::1]:443=127.0.0.1:80', '[2001:db8::1]:443', '127.0.0.1', 80],
])('--resolve %s sends %s to %s:%i', (text, key, host, port) => {
  expect(parseHostMapping(text)).toEqual([key, { host, port }]);
});

it.each([
  'h.example',
  '=127.0.0.1:80',
  'https://h.example=127.0.0.1:80',
  '*=127.0.0.1:80',
  'h.example=127.0.0.1',
  'a b=c:1',
])('--resolve %s is refused in one sentence', (text) => {
  expect(() => parseHostMapping(text)).toThrow(/^--resolve: ".*" is not (?:HOST=ADDR:PORT|HOST:PORT), such as/);
});
