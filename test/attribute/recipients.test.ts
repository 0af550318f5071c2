import { describe, expect, it } from 'vitest';
import { buildRecipientIndex, domainOfApp } from '../../src/attribute/recipients.ts';
import type { HostRule, Signature } from '../../src/model/signature.ts';

function rule(host: string, changes: Partial<HostRule> = {}): HostRule {
  return {
    host,
    except: [],
    ports: [],
    paths: [],
    methods: [],
    headers: {},
    parameters: {},
    confidence: 'high',
    sources: [],
    priority: 0,
    ...changes,
  };
}

function signature(id: string, hosts: readonly HostRule[]): Signature {
  return {
    id,
    name: id.toUpperCase(),
    names: { zh: null, en: null },
    aliases: [],
    packages: [],
    vendor: { name: `${id} Inc.`, country: null, domains: [`${id}.com`] },
    category: 'analytics',
    network: 'https',
    why: null,
    hosts,
    protocols: [],
    formats: [],
    fields: [],
    codec: null,
    opaque: null,
    sources: [],
    checkedOn: '2026-11-21',
    samples: { match: [], miss: [] },
  };
}

const signatures = [
  signature('exact', [rule('in.exact.com')]),
  signature('wide', [rule('*.wide.com', { except: ['desk.wide.com'] }), rule('www.wide.com', { paths: ['/collect'] })]),
  signature('inner', [rule('*.inner.wide.com')]),
  signature('path', [rule('api.shared.com', { paths: ['/sns/', '/report', '^/v\\d+/up$'] })]),
  signature('post', [rule('post.shared.com', { methods: ['POST'], ports: [8443] })]),
  signature('param', [rule('api.shared.com', { paths: ['/kv'], parameters: { attaid: '^0d$' } })]),
  signature('header', [rule('*', { paths: ['^/api/\\d+/store/?$'], headers: { 'x-auth': '^Sentry ' }, priority: -5 })]),
  signature('a-plain', [rule('rank.org')]),
  signature('z-special', [rule('rank.org', { paths: ['/special'] })]),
  signature('port', [rule('ports.org', { ports: [6447] })]),
  signature('high', [rule('both.com.cn', { priority: 1 })]),
  signature('low', [rule('both.com.cn', { paths: ['/x'] })]),
];

const index = buildRecipientIndex(signatures, {
  app: 'com.example.app',
  firstPartyHosts: ['cdn.mine.net', '*.self.org'],
});

function ask(url: string, more: { method?: string; headers?: readonly (readonly [string, string])[] } = {}) {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  return index.attribute({
    scheme: protocol === 'https:' ? 'https' : 'http',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    method: more.method ?? 'GET',
    target: pathname + search,
    headers: more.headers ?? [],
  });
}

describe('attribute', () => {
  it.each([
    ['https://in.exact.com/anything', 'sdk', 'exact'],
    ['https://in.exact.com:8443/anything', 'sdk', 'exact'],
    ['https://exact.com/', 'third-party', 'exact.com'],
    ['https://x.in.exact.com/', 'third-party', 'exact.com'],
    ['https://in.exact.com.evil.com/', 'third-party', 'evil.com'],
    ['https://notexact.com/in.exact.com', 'third-party', 'notexact.com'],
    ['https://a.wide.com/', 'sdk', 'wide'],
    ['https://a.b.wide.com/', 'sdk', 'wide'],
    ['https://wide.com/', 'third-party', 'wide.com'],
    ['https://notwide.com/', 'third-party', 'notwide.com'],
    ['https://www.wide.com/', 'third-party', 'wide.com'],
    ['https://docs.wide.com/', 'third-party', 'wide.com'],
    ['https://dashboard-01.wide.com/', 'third-party', 'wide.com'],
    ['https://docs-im.wide.com/', 'third-party', 'wide.com'],
    ['https://helper.wide.com/', 'sdk', 'wide'],
    ['https://desk.wide.com/', 'third-party', 'wide.com'],
    ['https://www.wide.com/collect?x', 'sdk', 'wide'],
    ['https://x.inner.wide.com/', 'sdk', 'inner'],
    ['https://api.shared.com/sns/userinfo', 'sdk', 'path'],
    ['https://api.shared.com//sns/userinfo', 'sdk', 'path'],
    ['https://api.shared.com/report', 'sdk', 'path'],
    ['https://api.shared.com/report?a=/sns/', 'sdk', 'path'],
    ['https://api.shared.com/report.json', 'sdk', 'path'],
    ['https://api.shared.com/reporter', 'third-party', 'shared.com'],
    ['https://api.shared.com/report-all', 'third-party', 'shared.com'],
    ['https://api.shared.com/v12/up', 'sdk', 'path'],
    ['https://api.shared.com/v12/upper', 'third-party', 'shared.com'],
    ['https://api.shared.com/?/sns/', 'third-party', 'shared.com'],
    ['https://api.shared.com/kv?attaid=0d', 'sdk', 'param'],
    ['https://api.shared.com/kv?attaid=0d1', 'third-party', 'shared.com'],
    ['https://api.shared.com/kv', 'third-party', 'shared.com'],
    ['https://both.com.cn/x', 'sdk', 'high'],
    ['https://rank.org/special', 'sdk', 'z-special'],
    ['https://rank.org/other', 'sdk', 'a-plain'],
    ['https://ports.org:6447/', 'sdk', 'port'],
    ['https://ports.org/', 'third-party', 'ports.org'],
    ['https://example.com/', 'first-party', 'com.example.app'],
    ['https://api.example.com/x', 'first-party', 'com.example.app'],
    ['https://example.com.cn/', 'third-party', 'example.com.cn'],
    ['https://cdn.mine.net/', 'first-party', 'com.example.app'],
    ['https://mine.net/', 'third-party', 'mine.net'],
    ['https://a.self.org/', 'first-party', 'com.example.app'],
    ['http://203.0.113.9/x', 'third-party', '203.0.113.9'],
    ['http://[2001:db8::1]/x', 'third-party', '2001:db8::1'],
    ['http://localhost/x', 'third-party', 'localhost'],
  ])('%s → %s %s', (url, kind, id) => {
    expect(ask(url).recipient).toMatchObject({ kind, id });
  });

  it('asks for method and port together', () => {
    expect(ask('https://post.shared.com:8443/', { method: 'POST' }).recipient.id).toBe('post');
    expect(ask('https://post.shared.com:8443/', { method: 'GET' }).recipient.kind).toBe('third-party');
    expect(ask('https://post.shared.com/', { method: 'POST' }).recipient.kind).toBe('third-party');
  });

  it('recognises software on customers’ servers by header, whatever its case', () => {
    const headers = [['X-AUTH', 'Sentry sentry_key=1']] as const;
    expect(ask('https://errors.customer.io/api/3/store/', { headers }).recipient).toMatchObject({
      kind: 'sdk',
      id: 'header',
    });
    expect(ask('https://errors.customer.io/api/3/store/').recipient.kind).toBe('third-party');
  });

  it('gives self-hosted software on the first party’s hosts to the first party, and names the software', () => {
    const found = ask('https://errors.example.com/api/3/store/', { headers: [['x-auth', 'Sentry x']] });
    expect(found.recipient).toMatchObject({ kind: 'first-party', id: 'com.example.app' });
    expect(found.signature?.id).toBe('header');
  });

  it('names the owner of a domain that a vendor lists', () => {
    expect(ask('https://static.exact.com/').recipient).toEqual({
      kind: 'third-party',
      id: 'exact.com',
      name: 'exact Inc.',
    });
  });

  it('gives the domain of a group to the group, not to the company that runs one of its SDKs', () => {
    const sister = signature('sister', [rule('in.sister.com')]);
    const vendor = { ...sister.vendor, group: 'The Group' };
    const grouped = buildRecipientIndex([{ ...sister, vendor }], { app: null, firstPartyHosts: [] });
    const head = {
      scheme: 'https',
      host: 'static.sister.com',
      port: 443,
      method: 'GET',
      target: '/',
      headers: [],
    } as const;
    expect(grouped.attribute(head).recipient.name).toBe('The Group');
  });

  it('does not care for case and the dot of the root', () => {
    for (const host of ['IN.Exact.COM', 'in.exact.com.']) {
      const head = { scheme: 'https', host, port: 443, method: 'GET', target: '/', headers: [] } as const;
      expect(index.attribute(head).recipient.id).toBe('exact');
    }
  });

  it('lets nothing that a phone sends throw', () => {
    for (const host of [
      '',
      '.',
      '..',
      '*',
      'a..b',
      '\u0000',
      'ü.example',
      'x'.repeat(5_000),
      '__proto__',
      'constructor',
    ]) {
      for (const target of ['', '*', '?', '//', '/%', `/${'a'.repeat(100_000)}`, '/kv?%']) {
        const head = { scheme: 'http', host, port: 0, method: '', target, headers: [] } as const;
        expect(index.attribute(head).recipient.kind).toBe('third-party');
      }
    }
  });

  it('says why', () => {
    expect(ask('https://api.shared.com/kv?attaid=0d').reason).toBe(
      'host api.shared.com with path /kv, parameter attaid is a rule of param (confidence high)',
    );
    expect(ask('https://static.exact.com/').reason).toBe('exact.com belongs to exact Inc., but no SDK rule matches');
    expect(ask('https://cdn.mine.net/').reason).toBe("cdn.mine.net is declared as the first party's");
  });
});

describe('attributeHost', () => {
  it.each([
    ['in.exact.com', 443, 'exact'],
    ['a.wide.com', 443, 'wide'],
    ['both.com.cn', 443, 'high'],
    ['api.shared.com', 443, 'shared.com'],
    ['post.shared.com', 8443, 'shared.com'],
    ['ports.org', 6447, 'port'],
    ['ports.org', 443, 'ports.org'],
    ['api.example.com', 443, 'com.example.app'],
    // One SDK claims the host, another a path of it.
    ['rank.org', 443, 'rank.org'],
  ])('%s:%s → %s', (host, port, id) => {
    expect(index.attributeHost(host, port).recipient.id).toBe(id);
  });

  it.each([
    ['api.shared.com', ['param', 'path']],
    ['rank.org', ['z-special', 'a-plain']],
    ['in.exact.com', []],
    ['nobody.org', []],
  ])('names the SDKs that may hide behind %s: %s', (host, ids) => {
    expect(index.attributeHost(host, 443).candidates).toEqual(ids);
  });

  it('says which SDKs a hidden path may belong to', () => {
    expect(index.attributeHost('api.shared.com', 443).reason).toMatch(
      /only the hidden path could tell whether it is PARAM or PATH/,
    );
  });
});

describe('domainOfApp', () => {
  it.each([
    ['com.example.app', 'example.com'],
    ['cn.com.example.app.debug', 'example.com.cn'],
    ['io.github.someone.app', 'someone.github.io'],
    ['io.github', null],
    ['app', null],
    ['', null],
    ['com', null],
    ['nonsense.thing', null],
  ])('%s → %s', (app, domain) => {
    expect(domainOfApp(app)).toBe(domain);
  });
});
