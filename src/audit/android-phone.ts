import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AndroidPhone, checkedAddress } from '../device/adb.ts';
import { openAuthority } from '../intercept/authority.ts';
import { operatorError } from '../model/errors.ts';

export { checkedAddress };

/**
 * Points the phone at a proxy.
 * @returns puts back what was set before: a phone that is left pointing at a proxy which is gone has no network.
 */
export function proxyPhone(serial: string | null, address: string): () => void {
  const phone = new AndroidPhone(serial);
  const before = phone.proxy();
  phone.setProxy(address);
  // What an earlier run left behind is not worth keeping.
  return () => phone.setProxy(before === address ? null : before);
}

/** Takes the phone's proxy away. */
export function restorePhone(serial: string | null): void {
  new AndroidPhone(serial).setProxy(null);
}

/** Trusts the authority of a folder in the phone's system store until it restarts. @returns what the phone said. */
export function trustOnPhone(serial: string | null, folder: string): string {
  if (!existsSync(join(folder, 'ca.pem'))) throw operatorError('ca-missing', { path: folder });
  return new AndroidPhone(serial).trust(openAuthority(folder));
}
