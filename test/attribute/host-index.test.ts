import { describe, expect, it } from 'vitest';
import { HostIndex } from '../../src/attribute/host-index.ts';
import type { HostRule, Signature } from '../../src/model/signature.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';

const { signatures } = loadSignatureData({ extraFolder: null });

/** Whether a rule speaks for a host, read off the documentation rather than the index: labels of sites aside. */
function speaksFor({ host, except }: HostRule, asked: string): boolean {
  if (host === '*') return true;
  if (!host.startsWith('*.')) return host === asked;
  return asked.endsWith(host.slice(1)) && !(except ?? []).includes(asked);
}

/** Numbers that look random and are the same in every run (xorshift). */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

describe('HostIndex', () => {
  it('agrees with asking every rule, for random hosts', () => {
    const labels = ['a', 'b', 'ab', 'x1', 'com', 'cn', 'net'];
    for (let seed = 1; seed <= 300; seed++) {
      const next = numbers(seed);
      const name = () => Array.from({ length: 1 + next(4) }, () => labels[next(labels.length)]).join('.');
      const rules = Array.from({ length: 12 }, () => {
        const prefix = ['', '*.', ''][next(3)];
        return {
          ...(signatures[0] as Signature).hosts[0],
          host: `${prefix}${name()}`,
          except: next(4) === 0 ? [name()] : [],
        } as HostRule;
      });
      const one = { ...(signatures[0] as Signature), hosts: rules };
      const index = new HostIndex([one]);
      for (let turn = 0; turn < 30; turn++) {
        const asked = name();
        const found = index.claimsOn(asked).map(({ rule }) => rules.indexOf(rule));
        const expected = rules.map((_, at) => at).filter((at) => speaksFor(rules[at] as HostRule, asked));
        expect([...found].sort(), `seed ${seed}, host ${asked}`).toEqual([...expected].sort());
      }
    }
  });

  it('ranks the same whatever the order of the signatures', () => {
    const forward = new HostIndex(signatures);
    const backward = new HostIndex([...signatures].reverse());
    for (const { hosts } of signatures) {
      for (const { host } of hosts) {
        const asked = host.replace('*', 'node1');
        const ids = (index: HostIndex) =>
          index.claimsOn(asked).map(({ signature, rule }) => `${signature.id} ${rule.host}`);
        expect(new Set(ids(forward).slice(0, 1)), asked).toEqual(new Set(ids(backward).slice(0, 1)));
      }
    }
  });
});
