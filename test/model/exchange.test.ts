import { expect, it } from 'vitest';
import { urlOf } from '../../src/model/exchange.ts';

it.each([
  ['https', 443, '/a?b', 'https://a.example/a?b'],
  ['wss', 8443, '/', 'wss://a.example:8443/'],
  ['http', 80, '*', 'http://a.example/*'],
  ['http', 80, 'other.example:443', 'http://a.example/other.example:443'],
  // Inside a tunnel some apps name the whole address again.
  ['http', 80, 'http://a.example/a?b', 'http://a.example/a?b'],
  ['https', 443, 'HTTPS://a.example:443?b', 'https://a.example/?b'],
])('urlOf joins %s, port %i and the target %s', (scheme, port, target, url) => {
  expect(urlOf({ scheme: scheme as 'http', host: 'a.example', port, target })).toBe(url);
});
