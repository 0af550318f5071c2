// What must be there before telltale can run from a checkout: its packages and a build that is not older than src/.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs `npm ci` when packages are missing or older than the lock file. Everything it prints goes to stderr. */
export function installPackages() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  if (existsSync(installed) && sameLock(installed)) return;
  process.stderr.write('Installing packages (npm ci); better-sqlite3 may be compiled, which takes a minute or two …\n');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    process.stderr.write('npm ci failed: see above. Needed: Node 20.19 or later, npm, and a C++ compiler.\n');
    process.exit(result.status ?? 1);
  }
}

/** A fresh clone gives the lock file a new time; what counts is whether the installed tree came from it. */
function sameLock(installed) {
  const list = (file) => {
    const { packages } = JSON.parse(readFileSync(file, 'utf8'));
    return new Map(Object.entries(packages).filter(([path]) => path !== ''));
  };
  const want = list(join(root, 'package-lock.json'));
  const have = list(installed);
  for (const [path, entry] of want) {
    if (entry.optional) continue;
    if (have.get(path)?.version !== entry.version) return false;
  }
  return true;
}

/** Builds when dist/ is missing or older than any file of src/. Two commands that start at once build once. */
export function buildWhenStale() {
  if (!isStale()) return;
  const lock = join(root, '.build-lock');
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (!existsSync(lock))
        throw new Error(`Cannot make ${lock}: the folder of the checkout must be writable to build.`);
      if (Date.now() > deadline || Date.now() - statSync(lock).mtimeMs > 120_000)
        rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      if (!isStale()) return;
    }
  }
  try {
    if (!isStale()) return;
    const result = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: ['ignore', 2, 2] });
    if (result.status !== 0) process.exit(result.status ?? 70);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isStale() {
  const stamp = join(root, 'dist', '.built');
  if (!existsSync(stamp)) return true;
  const builtAt = statSync(stamp).mtimeMs;
  return newest(join(root, 'src')) > builtAt || statSync(join(root, 'tsconfig.json')).mtimeMs > builtAt;
}

function newest(folder) {
  let latest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}
