import { existsSync } from 'node:fs';
import { NO_DEVICE, parseDeviceProfile, readDeviceProfile } from '../device/profile.ts';
import { profileDoubts } from '../device/profile-doubts.ts';
import { profileToJson, writeDeviceProfile } from '../device/profile-json.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import { loadTaxonomy } from '../signatures/data-types.ts';

export { profileDoubts, profileToJson };

/**
 * Reads a profile whose keys must be data types of the taxonomy; throws as {@link readDeviceProfile}.
 *
 * @param signatureFolder the user's own folder, whose data types count too; null: none.
 */
export function openDeviceProfile(path: string, signatureFolder: string | null): DeviceProfile {
  return readDeviceProfile(path, knownDataTypes(signatureFolder));
}

/** What `telltale device add` adds; null leaves what the file says. */
export interface ProfileAddition {
  readonly name: string | null;
  readonly platform: DeviceProfile['platform'] | null;
  readonly identifiers: readonly { readonly app: string | null; readonly dataType: string; readonly value: string }[];
  readonly location: DeviceProfile['location'];
  readonly salts: readonly string[];
}

/**
 * Adds to a profile file, or starts it when there is none; values that it holds already are not repeated.
 *
 * @throws TelltaleError `input-invalid` when the result would not be a valid profile; the file is then left as it was.
 */
export function addToDeviceProfile(
  path: string,
  addition: ProfileAddition,
  signatureFolder: string | null,
): DeviceProfile {
  const known = knownDataTypes(signatureFolder);
  const before = existsSync(path) ? readDeviceProfile(path, known) : { ...NO_DEVICE, name: nameOf(path) };
  const profile = parseDeviceProfile(JSON.stringify(profileToJson(merge(before, addition))), path, known);
  writeDeviceProfile(path, profile);
  return profile;
}

function merge(base: DeviceProfile, addition: ProfileAddition): DeviceProfile {
  let { identifiers, perApp } = base;
  for (const { app, dataType, value } of addition.identifiers) {
    if (app === null) identifiers = withValue(identifiers, dataType, value);
    else perApp = { ...perApp, [app]: withValue(perApp[app] ?? {}, dataType, value) };
  }
  return {
    name: addition.name ?? base.name,
    platform: addition.platform ?? base.platform,
    identifiers,
    perApp,
    location: addition.location ?? base.location,
    salts: [...new Set([...base.salts, ...addition.salts])],
  };
}

function withValue(lists: Readonly<Record<string, readonly string[]>>, dataType: string, value: string) {
  return { ...lists, [dataType]: [...new Set([...(lists[dataType] ?? []), value])] };
}

function nameOf(path: string): string {
  return path.replace(/^.*[/\\]/, '').replace(/\.json$/i, '');
}

function knownDataTypes(signatureFolder: string | null): ReadonlySet<string> {
  return new Set(loadTaxonomy({ extraFolder: signatureFolder }).keys());
}
