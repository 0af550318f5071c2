import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Proxy as MitmProxy } from 'http-mitm-proxy';
import { describe, expect, it } from 'vitest';
import { InterceptProxy } from '../../src/intercept/intercept-proxy.ts';
import { phoneAuthority } from './harness.ts';

const require = createRequire(import.meta.url);

/** The members that InterceptProxy replaces, each with the digest of what it replaces: a new release must be looked at again. */
const REPLACED = {
  listen: '31bedfb8ec495ad4',
  close: '4af82b9f80bd3944',
  use: 'd222dccb680529e0',
  _onError: '2eb9edca135d663c',
} as const;

/** Members that call the registered handlers, and that InterceptProxy calls in its turn. */
const CALLED = {
  _onRequest: '0a095344c312183b',
  _onRequestHeaders: '774e1ac2168884d8',
  _onRequestData: '79271f8984cdccd9',
  _onRequestEnd: 'dfba18bf7b888899',
  _onResponse: '55397cc22aec4943',
  _onResponseHeaders: '87530c788195aa8e',
  _onResponseData: '236408dbe3d3ce80',
  _onResponseEnd: '9df1fb213bbb7c30',
} as const;

/** What registers a handler: replaced to refuse those that nothing calls, taken as it is for the others. */
const REGISTERS = {
  refused: [
    'onWebSocketConnection',
    'onWebSocketSend',
    'onWebSocketMessage',
    'onWebSocketFrame',
    'onWebSocketClose',
    'onWebSocketError',
  ],
  taken: [
    'onError',
    'onConnect',
    'onRequest',
    'onRequestHeaders',
    'onRequestData',
    'onRequestEnd',
    'onResponse',
    'onResponseHeaders',
    'onResponseData',
    'onResponseEnd',
  ],
} as const;

/** Members that open servers or relay on their own; nothing may call them once `listen` is replaced. */
const UNREACHED = [
  '_createHttpsServer',
  '_onHttpServerConnect',
  '_onHttpServerConnectData',
  '_onHttpServerRequest',
  '_onWebSocketServerConnect',
] as const;

describe('http-mitm-proxy', () => {
  it('is the version that was read', () => {
    const manifest = JSON.parse(readFileSync(require.resolve('http-mitm-proxy/package.json'), 'utf8')) as {
      version: string;
    };
    expect(manifest.version).toBe('1.1.0');
    const ours = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(ours.dependencies['http-mitm-proxy']).toBe('1.1.0');
  });

  it.each(Object.entries(REPLACED))('still has the %s that is replaced, word for word', (name, digest) => {
    const member = (MitmProxy.prototype as unknown as Record<string, unknown>)[name];
    expect(createHash('sha256').update(String(member)).digest('hex').slice(0, 16)).toBe(digest);
    expect(Object.hasOwn(InterceptProxy.prototype, name)).toBe(true);
  });

  it.each(Object.entries(CALLED))('still calls handlers by %s as it was read', (name, digest) => {
    const member = (MitmProxy.prototype as unknown as Record<string, unknown>)[name];
    expect(createHash('sha256').update(String(member)).digest('hex').slice(0, 16)).toBe(digest);
    expect(Object.hasOwn(InterceptProxy.prototype, name)).toBe(false);
  });

  it('registers no kind of handler that was not decided on', () => {
    const registers = Object.getOwnPropertyNames(MitmProxy.prototype).filter((name) => /^on[A-Z]/.test(name));
    const known = [...REGISTERS.refused, ...REGISTERS.taken, 'onCertificateRequired', 'onCertificateMissing'];
    expect(registers.toSorted()).toEqual(known.filter((name) => registers.includes(name)).toSorted());
    expect(new MitmProxy()).toMatchObject(Object.fromEntries(REGISTERS.taken.map((name) => [`${name}Handlers`, []])));
  });

  it.each(UNREACHED)('calls %s from nowhere but what is replaced', (name) => {
    const source = Object.getOwnPropertyNames(MitmProxy.prototype)
      .filter(
        (member) => member !== name && !(member in REPLACED) && !(UNREACHED as readonly string[]).includes(member),
      )
      .map((member) => String((MitmProxy.prototype as unknown as Record<string, unknown>)[member]))
      .join('\n');
    expect(source).not.toContain(name);
    expect(name in MitmProxy.prototype).toBe(true);
  });

  it('is what InterceptProxy is, started and stopped in its way too', async () => {
    const proxy = new InterceptProxy({
      listeners: [{ host: '127.0.0.1', port: 0, device: null }],
      authority: phoneAuthority(),
      sink: { accept: () => true, whenReady: () => Promise.resolve() },
      localPages: async () => ({ status: 404, headers: [], body: new Uint8Array() }),
      resolve: new Map(),
      upstreamCa: [],
      insecureUpstream: false,
      allow: [],
      allowPrivate: false,
      clock: Date.now,
      log: () => {},
    });
    expect(proxy).toBeInstanceOf(MitmProxy);
    await new Promise<void>((done, fail) => proxy.listen({}, (error) => (error ? fail(error) : done())));
    expect(proxy.httpPort).toBeGreaterThan(0);
    expect(proxy.close()).toBe(proxy);
  });
});
