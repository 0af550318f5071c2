import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = resolve(import.meta.dirname, '../../scripts/run.mjs');

/** An adb that keeps a phone's settings in files, as far as the commands go that telltale uses. */
const adb = `#!/bin/sh
[ "$PHONE_GONE" = 1 ] && { echo "error: no devices/emulators found" >&2; exit 1; }
echo "$*" >> "$PHONE/log"
if [ "$1" = -s ]; then shift 2; fi
shift
case "$*" in
  "settings get global http_proxy") cat "$PHONE/http_proxy" 2>/dev/null || echo null ;;
  "settings put global http_proxy "*) echo "$5" > "$PHONE/http_proxy" ;;
  "settings delete global "*) rm -f "$PHONE/$4" ;;
  "id -u") echo 2000 ;;
  su) cat > "$PHONE/script"; echo "trusted" ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
`;

let folder: string;
let phone: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-adb-'));
  phone = join(folder, 'phone');
  mkdirSync(phone);
  writeFileSync(join(folder, 'adb'), adb);
  chmodSync(join(folder, 'adb'), 0o755);
  environment = { ...process.env, npm_lifecycle_event: '', PHONE: phone, PATH: `${folder}:${process.env['PATH']}` };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const command = [script, 'device', 'adb', ...args];
  return spawnSync(process.execPath, command, { cwd: folder, env: { ...environment, ...more }, encoding: 'utf8' });
}

const setting = () =>
  existsSync(join(phone, 'http_proxy')) ? readFileSync(join(phone, 'http_proxy'), 'utf8').trim() : null;

describe('telltale device adb proxy', () => {
  it.each([
    [null, null],
    ['10.0.0.1:3128', '10.0.0.1:3128'],
    // Left behind by a run that was killed.
    ['192.168.1.5:8080', null],
  ])('points the phone at the proxy and puts back what was set before: %s', async (before, after) => {
    if (before !== null) writeFileSync(join(phone, 'http_proxy'), before);
    const running = spawn(
      process.execPath,
      [script, 'device', 'adb', 'proxy', '192.168.1.5:8080', '--serial', 'R58M'],
      {
        cwd: folder,
        env: environment,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const exited = once(running, 'exit');
    await once(createInterface({ input: running.stdout }), 'line');
    expect(setting()).toBe('192.168.1.5:8080');
    running.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
    expect(setting()).toBe(after);
    for (const line of readFileSync(join(phone, 'log'), 'utf8').trim().split('\n'))
      expect(line).toMatch(/^-s R58M shell /);
  });

  it.each(['192.168.1.5', '192.168.1.5:8080; reboot', '$(reboot):80', '-x:1 2', ''])(
    'hands nothing to the phone that is no address: %j',
    (address) => {
      const { status, stderr } = run(['proxy', '--', address]);
      expect([status, stderr]).toEqual([2, expect.stringContaining('expected HOST:PORT')]);
      expect(existsSync(join(phone, 'log'))).toBe(false);
    },
  );

  it('says what adb says', () => {
    const { status, stdout, stderr } = run(['proxy', '192.168.1.5:8080'], { PHONE_GONE: '1' });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('adb could not read the proxy: error: no devices/emulators found.');
  });

  it('says when there is no adb', () => {
    const { status, stderr } = run(['restore'], { PATH: '/nowhere' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('there is no adb in PATH')]);
  });
});

describe('telltale device adb restore', () => {
  it('takes the proxy away', () => {
    writeFileSync(join(phone, 'http_proxy'), '192.168.1.5:8080');
    expect(run(['restore']).status).toBe(0);
    expect(setting()).toBeNull();
  });
});

describe('telltale device adb trust', () => {
  it('runs the script as root on the phone', () => {
    expect(spawnSync(process.execPath, [script, 'ca', 'init'], { cwd: folder, env: environment }).status).toBe(0);
    expect(run(['trust'])).toMatchObject({ status: 0, stdout: 'trusted\n' });
    expect(readFileSync(join(phone, 'script'), 'utf8')).toContain(
      readFileSync(join(folder, 'certs/ca.pem'), 'utf8').trim(),
    );
  });

  it('needs an authority', () => {
    expect(run(['trust', '--ca-dir', 'none']).stderr).toContain('No certificate authority in none');
  });
});
