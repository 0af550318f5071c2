import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadUrlMatcher } from '../../src/audit/signature-data.ts';
import type { Signature } from '../../src/model/signature.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';

const FACTS = resolve(import.meta.dirname, '../../../shared/facts/sdks.jsonl');

/** One line of the collected facts, as far as attribution goes. */
interface Facts {
  readonly id: string;
  readonly hosts: readonly { readonly pattern: string; readonly match: 'exact' | 'suffix' }[];
  readonly paths: readonly { readonly host: string; readonly path: string }[];
}

const byId = new Map(loadSignatureData({ extraFolder: null }).signatures.map((signature) => [signature.id, signature]));
const match = loadUrlMatcher({ extraFolder: null });

/** What a fact is about, as `not_claimed` writes it, and a URL that a request after it could have. */
interface Claimed {
  readonly what: string;
  readonly url: string;
}

function claimsOf({ hosts, paths }: Facts): Claimed[] {
  return [
    ...hosts.map(({ pattern, match: how }) => {
      const name = filled(pattern).replace(/^\*?\./, '');
      if (how === 'exact') return { what: name, url: `https://${name}/` };
      return { what: `*.${name}`, url: `https://node7.${name}/v1/report` };
    }),
    ...paths.map(({ host, path }) => {
      const name = filled(host).replace('*.', 'node7.');
      const rest = filled(path.startsWith('/') ? path : `/${path}`);
      return { what: `${name}${rest}`, url: `https://${name}${rest}` };
    }),
  ];
}

/** Placeholders of templates in a value's place. */
function filled(template: string): string {
  return template
    .replace(/\{[^}]*\}|<[^>]*>/g, '123')
    .replace(/%s/g, '')
    .replace(/%d/g, '1');
}

/** A host alone does not tell: rules of this signature ask for more than the name. */
function isToldApart({ hosts }: Signature, what: string): boolean {
  return hosts.some(
    ({ host, paths, parameters, headers }) =>
      host === what && paths.length + Object.keys(parameters).length + Object.keys(headers).length > 0,
  );
}

/** Whether an entry of `not_claimed` speaks of a fact: a host also of its paths. */
function covers(entry: { readonly what: string }, what: string): boolean {
  return what === entry.what || what.startsWith(`${entry.what}/`) || what.startsWith(`${entry.what}?`);
}

describe.skipIf(!existsSync(FACTS))('the collected facts', () => {
  const rows = existsSync(FACTS) ? readFileSync(FACTS, 'utf8').trim().split('\n') : [];
  const facts = rows.map((row) => JSON.parse(row) as Facts);

  it('all have a signature of the same id', () => {
    expect(facts.length).toBeGreaterThan(70);
    expect(facts.filter(({ id }) => !byId.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it.each(facts.map((fact) => [fact.id, fact] as const))(
    '%s: each host and path is attributed to it, told apart by more than the host, or left with a reason',
    (id, fact) => {
      const signature = byId.get(id) as Signature;
      const open = claimsOf(fact).filter(
        ({ what, url }) =>
          match(url).id !== id &&
          !isToldApart(signature, what) &&
          !signature.notClaimed?.some((entry) => covers(entry, what)),
      );
      expect(open).toEqual([]);
    },
  );
});
