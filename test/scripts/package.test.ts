import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { telltale } from '../cli/telltale.ts';

const project = resolve(import.meta.dirname, '../..');
const native = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
  version: string;
  files: string[];
  scripts: Record<string, string>;
};

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

let folder: string;
let packed: Packed;

function run(program: string, args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 180_000 });
  return { status, stdout, stderr };
}

/**
 * Packs the present build and installs it elsewhere, as `npm i -g FILE` does. Install scripts are left out, because the only one
 * compiles better-sqlite3, which takes a minute and was done by `npm ci` for this checkout: its result is copied.
 * TELLTALE_FULL_INSTALL=1 compiles it again.
 */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-package-'));
  expect(telltale(['--version']).status).toBe(0);
  const pack = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], project);
  expect(pack.status, pack.stderr).toBe(0);
  [packed] = JSON.parse(pack.stdout) as [Packed];
  const full = process.env['TELLTALE_FULL_INSTALL'] === '1';
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  const scripts = full ? [] : ['--ignore-scripts'];
  const install = run('npm', [
    'install',
    '-g',
    '--prefix',
    folder,
    ...quiet,
    ...scripts,
    join(folder, packed.filename),
  ]);
  expect(install.status, install.stderr).toBe(0);
  if (full) return;
  const target = join(folder, 'lib/node_modules/telltale', native);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(project, native), target);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function installed(...args: string[]) {
  return run(join(folder, 'bin/telltale'), args);
}

describe('The package', () => {
  it('is built before it is packed', () => {
    expect(manifest.scripts['prepack']).toBe('node scripts/build.mjs');
  });

  it('holds what its file list names, as far as it exists, and nothing of the tests or of this checkout', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const name of manifest.files.filter((name) => existsSync(join(project, name))))
      expect(
        paths.some((path) => path === name || path.startsWith(`${name}/`)),
        name,
      ).toBe(true);
    expect(paths.filter((path) => /^(test|src|scripts|bench|\.)|ca\.(key|pem)$|\.db|\.env/.test(path))).toEqual([]);
  });

  it('holds every file of src/ that is not TypeScript', () => {
    const paths = new Set(packed.files.map(({ path }) => path));
    const assets = readdirSync(join(project, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(ts|as)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(join(project, 'src/').length));
    expect(assets).toContain('device/assets/set-up.css');
    for (const asset of assets) expect(paths.has(`dist/${asset}`), asset).toBe(true);
  });
});

describe('telltale, installed elsewhere', () => {
  it('knows its version and shows its help', () => {
    expect(installed('--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    expect(installed('--help').stdout).toContain('Usage: telltale');
  });

  it('makes a certificate authority where it is called', () => {
    expect(installed('ca', 'init')).toMatchObject({ status: 0, stdout: 'certs/ca.pem\n' });
    expect(installed('ca', 'export', '--format', 'mobileconfig').stdout).toContain('com.apple.security.root');
  });

  it('finds its signatures', () => {
    expect(installed('signatures', 'match', 'https://ulogs.umeng.com/unify_logs').stdout).toContain('umeng');
    const profile = join(folder, 'pixel.json');
    expect(installed('device', 'add', profile, '--imei', '867532051234569').status).toBe(0);
  });

  it('imports a capture, finds what it sent, compares it with a policy and reports', () => {
    writeFileSync(join(folder, 'night.har'), JSON.stringify(har));
    writeFileSync(join(folder, 'policy.txt'), '第三方SDK目录\nSDK名称：友盟\n收集信息：设备信息\n使用目的：统计分析\n');
    expect(installed('import', 'night.har', '--db', 'night.db', '--device', 'pixel.json').status).toBe(0);
    const findings = JSON.parse(installed('findings', '--db', 'night.db', '--format', 'json').stdout) as object[];
    expect(findings).toContainEqual(
      expect.objectContaining({ data_type: 'imei', recipient: expect.objectContaining({ id: 'umeng' }) }),
    );
    const compared = installed('compare', '--db', 'night.db', '--policy', 'policy.txt', '--format', 'json');
    expect([compared.status, compared.stderr]).toEqual([0, '']);
    expect(installed('report', '--db', 'night.db', '-o', 'report.html').status).toBe(0);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('</html>');
    expect(installed('verify', '--db', 'night.db').status).toBe(0);
  });
});

/** One exchange, as a browser's developer tools export it. */
const har = {
  log: {
    version: '1.2',
    creator: { name: 'test', version: '1' },
    entries: [
      {
        startedDateTime: '2026-11-21T20:31:07.120Z',
        time: 12,
        request: {
          method: 'POST',
          url: 'https://ulogs.umeng.com/unify_logs',
          httpVersion: 'HTTP/1.1',
          headers: [{ name: 'Content-Type', value: 'application/json' }],
          queryString: [],
          cookies: [],
          headersSize: -1,
          bodySize: -1,
          postData: { mimeType: 'application/json', text: '{"header":{"imei":"867532051234569"}}' },
        },
        response: {
          status: 200,
          statusText: 'OK',
          httpVersion: 'HTTP/1.1',
          headers: [],
          cookies: [],
          content: { size: 0, mimeType: 'text/plain' },
          redirectURL: '',
          headersSize: -1,
          bodySize: 0,
        },
        cache: {},
        timings: { send: 0, wait: 12, receive: 0 },
      },
    ],
  },
};
