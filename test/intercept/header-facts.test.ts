import { expect, it } from 'vitest';
import { factsOf, type HeaderFacts } from '../../src/intercept/header-facts.ts';
import { markRecurring } from '../../src/intercept/recurring.ts';
import type { Headers } from '../../src/model/exchange.ts';

const NOTHING: HeaderFacts = { grpcEncoding: null, dns: null, quicOffer: null };

it.each<[string, Headers, Partial<HeaderFacts>]>([
  ['none at all', [], {}],
  ['a page', [['Content-Type', 'text/html']], {}],
  ['gRPC', [['content-type', 'application/grpc+proto']], { grpcEncoding: 'identity' }],
  [
    'gRPC, packed',
    [
      ['Grpc-Encoding', 'GZIP'],
      ['Content-Type', 'Application/gRPC'],
    ],
    { grpcEncoding: 'gzip' },
  ],
  ['the coding of gRPC alone', [['grpc-encoding', 'gzip']], {}],
  ['gRPC-Web in text', [['content-type', 'application/grpc-web-text']], {}],
  [
    'a DNS message',
    [
      ['content-encoding', ' BR '],
      ['content-type', 'application/dns-message'],
    ],
    { dns: { isJson: false, isNamed: true, coding: 'br' } },
  ],
  ['a message of another kind', [['content-type', 'application/message']], {}],
  [
    'JSON, which may be of DNS',
    [['content-type', 'application/json; charset=utf-8']],
    { dns: { isJson: true, isNamed: false, coding: '' } },
  ],
  ['the JSON of DNS', [['content-type', 'application/dns-json']], { dns: { isJson: true, isNamed: true, coding: '' } }],
  [
    'the last of two types',
    [
      ['content-type', 'application/grpc'],
      ['content-type', 'text/html'],
    ],
    {},
  ],
  [
    'the first offer of HTTP/3',
    [
      ['Alt-Svc', 'h2=":443"'],
      ['alt-svc', 'h3=":443"'],
      ['ALT-SVC', 'h3-29=":8443"'],
    ],
    { quicOffer: 'h3=":443"' },
  ],
])('headers say what is in a body and where else the server is: %s', (_, headers, facts) => {
  expect(factsOf(headers)).toEqual({ ...NOTHING, ...facts });
});

it('headers that recur are looked at once, and others each time', () => {
  const headers: Headers = [['content-type', 'application/grpc']];
  expect(factsOf(headers)).not.toBe(factsOf(headers));
  markRecurring(headers);
  expect(factsOf(headers)).toBe(factsOf(headers));
  expect(factsOf(headers)).toEqual({ ...NOTHING, grpcEncoding: 'identity' });
});
