import { describe, expect, it } from 'vitest';
import { exchangeFilter } from '../../src/audit/exchange-filter.ts';
import type { StoredExchange } from '../../src/model/evidence.ts';

const exchange = {
  url: 'https://ulogs.umeng.com/Unify_logs?v=1',
  phase: 'before-consent',
  request: { method: 'POST', host: 'ulogs.umeng.com' },
  response: { status: 404 },
  recipient: { kind: 'sdk', id: 'umeng', name: '友盟+ U-App' },
  findingCount: 2,
  device: null,
  error: null,
} as unknown as StoredExchange;

describe('exchangeFilter', () => {
  it.each([
    ['', true],
    ['unify', true],
    ['UNIFY V=1', true],
    ['unify nothing', false],
    ['host:umeng', true],
    ['host:unify', false],
    ['sdk:友盟', true],
    ['sdk:getui', false],
    ['to:sdk', true],
    ['to:third-party', false],
    ['method:post', true],
    ['-method:get', true],
    ['-method:post', false],
    ['status:404', true],
    ['status:4xx', true],
    ['status:5xx', false],
    ['status:none', false],
    ['phase:before-consent', true],
    ['has:findings', true],
    ['has:error', false],
    ['has:hope', false],
    ['-', false],
    ['https://ulogs', true],
  ])('%j fits: %s', (text, fits) => {
    expect(exchangeFilter(text)(exchange)).toBe(fits);
  });

  it('knows an exchange that got no answer', () => {
    const unanswered = { ...exchange, response: null, error: 'reset', findingCount: 0 };
    expect(exchangeFilter('status:none has:error -has:findings')(unanswered)).toBe(true);
  });
});
