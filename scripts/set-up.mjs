// What must be there before telltale can run from a checkout: its packages and a build that is not older than src/.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs `npm ci` when what is installed is not what the lock file names. Everything it prints goes to stderr. */
export function installPackages() {
  if (isInstalled(root)) return;
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

/**
 * Whether the packages that a checkout's lock file names are those that npm noted as installed, by version. Times say nothing: a
 * fresh clone gives the lock file a new one, and an installation for another branch is newer than the lock file it does not match.
 */
export function isInstalled(checkout) {
  const installed = join(checkout, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const have = packagesOf(installed);
  return Object.entries(packagesOf(join(checkout, 'package-lock.json'))).every(
    ([path, entry]) => path === '' || entry.optional || have[path]?.version === entry.version,
  );
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/** Builds when dist/ is missing or older than any file of src/. Two commands that start at once build once. */
export function buildWhenStale() {
  const lock = join(root, '.build-lock');
  while (isStale()) {
    if (takeLock(lock)) {
      const failed = build(lock);
      if (failed !== null) process.exit(failed);
      return;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

/** @returns the exit code of a build that failed, null of one that went well. */
function build(lock) {
  try {
    if (!isStale()) return null;
    const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: ['ignore', 2, 2] });
    return status === 0 ? null : (status ?? 70);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The lock is a file with the process id of whoever builds; that of a process which is gone is taken away. */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST')
      throw new Error(`Cannot write ${lock}: the checkout's folder must be writable to build.`);
  }
  try {
    const builder = Number(readFileSync(lock, 'utf8'));
    // An empty file was just made and is about to be written.
    if (builder > 0) process.kill(builder, 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(lock, { force: true });
  }
  return false;
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
