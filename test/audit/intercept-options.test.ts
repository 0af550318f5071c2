import { describe, expect, it } from 'vitest';
import { readIntercept, type TypedIntercept } from '../../src/audit/intercept-options.ts';

const listen = { host: '0.0.0.0', port: 8080 };
const plain: TypedIntercept = {
  passthrough: [],
  onRefusal: 'pass',
  refusalsMax: 2,
  auth: [],
  userDevice: [],
  devicePort: [],
  transparent: [],
  upstream: null,
  environment: {},
  clientCert: [],
  clientCertPassword: [],
  oldTls: false,
};
const loopback = ['localhost', '127.0.0.1', '::1'];

describe('the options of the relay', () => {
  it.each(['https://a.example/', 'a.example:443', '*', '*.', 'a.*.example'])(
    'refuse %s as a host of --passthrough',
    (host) => {
      expect(() => readIntercept(listen, { ...plain, passthrough: [host] })).toThrow(/--passthrough: ".*" is no host/);
    },
  );

  it.each(['a.example', 'A.example', '*.b.example', '192.0.2.1', '2001:db8::1', 'a.example.'])(
    'take %s as a host of --passthrough',
    (host) => {
      expect(readIntercept(listen, { ...plain, passthrough: [host] }).options.passthrough).toEqual([host]);
    },
  );

  it.each([
    ['nothing', null, {}, null],
    [
      'a URL',
      'http://proxy.example:3128',
      {},
      { kind: 'http', host: 'proxy.example', port: 3128, user: null, password: null, bypass: loopback },
    ],
    [
      'SOCKS with a user',
      'socks5://us%40er:p%3Aw@[2001:db8::1]',
      {},
      { kind: 'socks5', host: '2001:db8::1', port: 1080, user: 'us@er', password: 'p:w', bypass: loopback },
    ],
    [
      'the environment',
      null,
      { HTTPS_PROXY: 'proxy.example:3128', NO_PROXY: '.a.example, b.example' },
      {
        kind: 'http',
        host: 'proxy.example',
        port: 3128,
        user: null,
        password: null,
        bypass: ['.a.example', ' b.example', ...loopback],
      },
    ],
    [
      'lower case before upper',
      null,
      { https_proxy: 'http://one.example', HTTPS_PROXY: 'http://two.example' },
      expect.objectContaining({ host: 'one.example', port: 80 }),
    ],
    ['an empty variable', null, { HTTPS_PROXY: '' }, null],
    ['none in spite of the environment', 'none', { HTTPS_PROXY: 'http://proxy.example' }, null],
  ])('take the proxy from %s', (_, upstream, environment, expected) => {
    expect(readIntercept(listen, { ...plain, upstream, environment }).options.upstream).toEqual(expected);
  });

  it('take a proxy for each scheme from the environment', () => {
    const ports = (environment: Record<string, string>) => {
      const { upstream, plainUpstream } = readIntercept(listen, { ...plain, environment }).options;
      return [upstream?.port ?? null, plainUpstream?.port ?? null];
    };
    expect(ports({ https_proxy: 'p:1', http_proxy: 'p:2', all_proxy: 'p:3' })).toEqual([1, 2]);
    expect(ports({ HTTP_PROXY: 'p:2' })).toEqual([null, 2]);
    expect(ports({ https_proxy: '', all_proxy: 'p:3' })).toEqual([null, 3]);
    expect(ports({ ALL_PROXY: 'socks5://p:3' })).toEqual([3, 3]);
  });

  it('listen on every port that was asked for, on the host of the first', () => {
    const { options } = readIntercept(listen, { ...plain, transparent: ['8082'], auth: ['ann:se:cret'] });
    expect(options.listeners).toEqual([
      { host: '0.0.0.0', port: 8080, device: null },
      { host: '0.0.0.0', port: 8082, device: null, transparent: true },
    ]);
    expect(options.users).toEqual(new Map([['ann', 'se:cret']]));
  });

  it.each([
    [{ auth: ['ann'] }, '--auth: expected USER:PASSWORD'],
    [{ transparent: ['99999'] }, '--transparent: "99999" is not a port'],
    [{ devicePort: ['8081'] }, '--device-port: expected PORT=FILE'],
    [{ devicePort: ['x=/nowhere'] }, '--device-port: "x" is not a port'],
    [{ userDevice: ['bob=x.json'] }, '--user-device: bob is no user of --auth'],
    [{ upstream: 'ftp://proxy.example' }, '--upstream: "ftp://" is not http:// or socks5://'],
    [{ upstream: 'http://' }, '--upstream: "http://" is not a URL'],
    [{ clientCert: ['a.example=/nowhere.p12'] }, 'Cannot read /nowhere.p12'],
    [{ clientCert: ['https://a.example=/nowhere.p12'] }, '--client-cert: "https://a.example" is no host'],
  ])('refuse %j in one sentence', (wrong, message) => {
    expect(() => readIntercept(listen, { ...plain, ...wrong })).toThrow(message);
  });
});
