import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DeviceProfile } from '../model/device-profile.ts';
import { unwritableFile } from '../model/errors.ts';

/** The JSON form of a profile, as `profile.ts` reads it; what is empty is left out. */
export function profileToJson(profile: DeviceProfile): Record<string, unknown> {
  const { name, platform, identifiers, perApp, location, salts } = profile;
  return {
    name,
    platform,
    identifiers,
    ...(Object.keys(perApp).length === 0 ? {} : { per_app: perApp }),
    ...(location === null ? {} : { location }),
    ...(salts.length === 0 ? {} : { salts }),
  };
}

/**
 * Writes a profile with mode 0600, aside first and then in place, so that nobody reads half of it.
 * @throws TelltaleError `file-unwritable`.
 */
export function writeDeviceProfile(path: string, profile: DeviceProfile): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, `${JSON.stringify(profileToJson(profile), null, 2)}\n`, { mode: 0o600 });
    chmodSync(aside, 0o600);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw unwritableFile(path, error);
  }
}
