import type { Platform } from '../model/declaration.ts';
import type { DeviceProfile } from '../model/device-profile.ts';

/**
 * The data types that were looked for on every phone of a capture in every spelling, hash and coding, in a fixed order, for the capture's
 * facts: whoever judges must know of which silence proves anything.
 * @param own the capture's own profile; without a name it is none, and counts only when no other phone has one.
 * @param others of the phones that came in by ports or users of their own.
 */
export function soughtTypes(own: DeviceProfile, others: readonly DeviceProfile[], app: string | null): string {
  const [first = [], ...rest] = phonesOf(own, others).map((profile) => typesOf(profile, app));
  return first
    .filter((type) => rest.every((types) => types.includes(type)))
    .sort()
    .join(',');
}

/** The system of every phone of a capture; null when they differ, or when nobody says: then a policy's words on any system count. */
export function commonPlatform(own: DeviceProfile, others: readonly DeviceProfile[]): Platform | null {
  const [first, ...rest] = new Set(phonesOf(own, others).map(({ platform }) => platform));
  return first === undefined || first === 'other' || rest.length > 0 ? null : first;
}

function phonesOf(own: DeviceProfile, others: readonly DeviceProfile[]): readonly DeviceProfile[] {
  return own.name === '' && others.length > 0 ? others : [own, ...others];
}

function typesOf(profile: DeviceProfile, app: string | null): string[] {
  const values = { ...profile.identifiers, ...(app === null ? {} : profile.perApp[app]) };
  const types = Object.keys(values).filter((type) => (values[type]?.length ?? 0) > 0);
  if (profile.location !== null) types.push('location_precise', 'location_coarse', 'gnss_info');
  return [...new Set(types)];
}
