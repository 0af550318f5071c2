import { spawnSync } from 'node:child_process';
import { operatorError } from '../model/errors.ts';
import { androidRootScript } from './android-root.ts';
import type { Certificate } from './certificate-files.ts';

const adbMsMax = 30_000;

/**
 * An Android phone on the other end of adb.
 *
 * What is handed to `adb shell` reaches a shell on the phone: only words that were checked here are put into commands.
 * Every method throws TelltaleError `adb-failed` when adb is missing, sees no phone, or the phone refuses.
 */
export class AndroidPhone {
  readonly #select: readonly string[];

  /** @param serial as `adb devices` lists it; null when only one phone is connected. */
  constructor(serial: string | null) {
    this.#select = serial === null ? [] : ['-s', serial];
  }

  /** The proxy that is set for all networks, `host:port`; null when there is none. */
  proxy(): string | null {
    const value = this.#run('read the proxy', ['shell', 'settings', 'get', 'global', 'http_proxy']).trim();
    return value === '' || value === 'null' || value === ':0' ? null : value;
  }

  /**
   * Sets the proxy for all networks, or takes it away.
   * Android takes a deleted setting for a change only when `:0` came before it.
   */
  setProxy(address: string | null): void {
    if (address !== null) {
      this.#run('set the proxy', ['shell', 'settings', 'put', 'global', 'http_proxy', checkedAddress(address)]);
      return;
    }
    this.#run('take the proxy away', ['shell', 'settings', 'put', 'global', 'http_proxy', ':0']);
    for (const name of ['http_proxy', 'global_http_proxy_host', 'global_http_proxy_port'])
      this.#run('take the proxy away', ['shell', 'settings', 'delete', 'global', name]);
  }

  /** Puts the certificate into the system store until the phone restarts; needs root. @returns what the phone said. */
  trust(certificate: Certificate): string {
    const root = this.#run('ask who its shell is', ['shell', 'id', '-u']).trim() === '0';
    const shell = root ? ['shell', 'sh'] : ['shell', 'su'];
    return this.#run('trust the certificate', shell, androidRootScript(certificate)).trim();
  }

  #run(action: string, args: readonly string[], input = ''): string {
    const { status, stdout, stderr, error } = spawnSync('adb', [...this.#select, ...args], {
      input,
      encoding: 'utf8',
      timeout: adbMsMax,
    });
    if (error !== undefined) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const reason = missing ? 'there is no adb in PATH (Android platform tools)' : error.message;
      throw operatorError('adb-failed', { action, reason }, { cause: error });
    }
    if (status === 0) return stdout;
    const said = (stderr.trim() || stdout.trim()).split('\n').at(-1);
    throw operatorError('adb-failed', { action, reason: said || `adb ended with status ${status}` });
  }
}

/** `host:port` with nothing in it that a shell reads. @throws TelltaleError `usage`. */
export function checkedAddress(address: string): string {
  if (/^(?:[a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i.test(address)) return address;
  throw operatorError('usage', {
    message: `expected HOST:PORT of the proxy, such as 192.168.1.5:8080, not ${address}`,
  });
}
