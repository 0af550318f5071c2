import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { androidRootScript } from '../../src/device/android-root.ts';
import * as certificate from './certificate.ts';

const file = `${certificate.subjectHashOld}.0`;
const namespaces = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt && command -v nsenter pidof']);
const missing = namespaces.status === 0 ? null : 'it needs root, unshare, nsenter and pidof';
if (missing !== null) process.stderr.write(`Android root script in a mount namespace: skipped, ${missing}\n`);

/**
 * A phone made of a mount namespace: folders as Android has them over an empty root of memory, the programs of this machine, and a
 * zygote with an app, each with a namespace of its own as on Android. Prints what each of them sees in the store.
 */
function phone(apex: boolean, runs: number, propagation: 'slave' | 'private'): string {
  const store = apex ? '/apex/com.android.conscrypt/cacerts' : '/system/etc/security/cacerts';
  return `
set -e
mount --make-rprivate /
root=$1
mount -t tmpfs tmpfs $root
for folder in usr bin sbin lib lib64 proc dev; do
  [ -e /$folder ] || continue
  mkdir $root/$folder; mount --rbind /$folder $root/$folder
done
mkdir -p $root/tmp $root/old $root/data/local/tmp $root/system/etc/security/cacerts
cp $2 $root/tmp/script; cp $3 $root/tmp/expected
cp /bin/bash $root/tmp/zygote64; cp /bin/sleep $root/tmp/app
cd $root; pivot_root . old; umount -l /old; mount --make-rshared /
echo system > /system/etc/security/cacerts/11111111.0
if ${apex}; then mkdir -p ${store}; echo apex > ${store}/22222222.0; fi
unshare -m --propagation ${propagation} /tmp/zygote64 -c 'unshare -m --propagation slave /tmp/app 60 & echo $! > /tmp/app.pid; wait' &
zygote=$!
until [ -s /tmp/app.pid ]; do :; done
app=$(cat /tmp/app.pid)
trap 'kill $app; wait $zygote || true' EXIT
for run in $(seq ${runs}); do sh < /tmp/script; done
see() { nsenter --mount=/proc/$2/ns/mnt -- ls ${store} | sed "s/^/$1 /"; }
see zygote $zygote; see app $app; see shell $$
cmp /tmp/expected ${store}/${file}
stat -c '%a %u:%g' ${store}/${file}
ls -A /data/local/tmp
`;
}

describe('The script for rooted Android phones', () => {
  it('is a sound shell script', () => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: androidRootScript(certificate), encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('does nothing without root', () => {
    const script = androidRootScript(certificate).replace('$(id -u)', '2000');
    const { status, stderr } = spawnSync('sh', { input: script, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('needs root');
  });
});

describe.skipIf(missing !== null)('The script for rooted Android phones, run on one', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'telltale-android-'));
    writeFileSync(join(folder, 'script.sh'), androidRootScript(certificate));
    writeFileSync(join(folder, 'expected.pem'), certificate.certificatePem);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function tryOn(apex: boolean, runs: number, propagation: 'slave' | 'private') {
    const root = mkdtempSync(join(folder, 'root-'));
    const args = [
      '-m',
      '--kill-child',
      'bash',
      '-c',
      phone(apex, runs, propagation),
      'phone',
      root,
      join(folder, 'script.sh'),
      join(folder, 'expected.pem'),
    ];
    return spawnSync('unshare', args, { encoding: 'utf8', timeout: 30_000 });
  }

  function run(apex: boolean, runs: number): string[] {
    const { status, stdout, stderr } = tryOn(apex, runs, 'slave');
    expect(status, stderr).toBe(0);
    return stdout.trim().split('\n');
  }

  it.each([
    [true, 1],
    [true, 2],
  ])(
    'Android 14 and later: every process sees the APEX store with our file in it (apex %s, run %i times)',
    (apex, runs) => {
      const said = Array(runs).fill('telltale: the certificate is in the system store until the phone restarts');
      const seen = ['zygote', 'app', 'shell'].flatMap((who) => [`${who} ${file}`, `${who} 22222222.0`]);
      expect(run(apex, runs)).toEqual([...said, ...seen, '644 0:0']);
    },
  );

  it('says so when apps would not see it', () => {
    const { status, stdout, stderr } = tryOn(true, 1, 'private');
    expect(status).not.toBe(0);
    expect(stdout).not.toContain('is in the system store');
    expect(stderr).toContain('let su use the global mount namespace');
  });

  it('Android 13 and earlier: the system store is covered with a copy that holds our file too', () => {
    const lines = run(false, 1);
    expect(lines.slice(-3)).toEqual([`shell 11111111.0`, `shell ${file}`, '644 0:0']);
  });
});
