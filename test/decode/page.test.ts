import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GAP_KINDS } from '../../src/model/gaps.ts';
import { loadCodecs } from '../../src/signatures/load-codecs.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs', 'decoding.md'), 'utf8');

describe('docs/decoding.md', () => {
  it('lists every codec with how far it is proven, and no other', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| (read-from-code|own-sample|wire) \|$/gm)].map(
      ([, name, proven]) => [name, proven],
    );
    const codecs = [...loadCodecs({ extraFolder: null }).codecs.values()];
    const levels = ['read-from-code', 'own-sample', 'wire'];
    const weakest = codecs.map(({ name, variants }) => [
      name,
      levels[Math.min(...variants.map(({ proven }) => levels.indexOf(proven)))],
    ]);
    expect(rows).toEqual(weakest);
  });

  it('names every step that a codec may have', () => {
    const schema = readFileSync(join(root, 'signatures', 'schema', 'codec.schema.json'), 'utf8');
    const { anyOf } = JSON.parse(schema).definitions.step as {
      anyOf: { properties: { step: { const?: string; enum?: string[] } } }[];
    };
    const steps = anyOf.flatMap(({ properties: { step } }) => step.enum ?? [step.const as string]);
    expect(steps.length).toBeGreaterThan(8);
    for (const step of steps) expect(page).toContain(`\`${step}\``);
  });

  it('speaks of gaps that exist, and of all that decoding makes', () => {
    const named = [...page.matchAll(/^\| (`(?:[a-z]+-[a-z-]+)`(?:, `[a-z-]+`)*) \| /gm)]
      .flatMap(([, cell]) => [...(cell as string).matchAll(/`([^`]+)`/g)].map(([, kind]) => kind as string))
      .filter((kind) => !loadCodecs({ extraFolder: null }).codecs.has(kind));
    expect(named.filter((kind) => !(kind in GAP_KINDS))).toEqual([]);
    const source = [
      'open-compressed.ts',
      'open-text.ts',
      'open-binary.ts',
      'unpacking.ts',
      'encodings.ts',
      'look-into.ts',
      'opaque.ts',
      'decode-body.ts',
    ]
      .map((file) => readFileSync(join(root, 'src', 'decode', file), 'utf8'))
      .join('\n');
    const made = Object.keys(GAP_KINDS).filter((kind) => source.includes(`'${kind}'`));
    expect(made.length).toBeGreaterThan(8);
    expect(named).toEqual(expect.arrayContaining(made));
  });
});
