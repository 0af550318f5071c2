import type { DeviceProfile } from '../model/device-profile.ts';

/**
 * The data types that were looked for on every phone of a capture in every spelling, hash and coding, in a fixed order, for the capture's
 * facts: whoever judges must know of which silence proves anything.
 * @param own the capture's own profile; without a name it is none, and counts only when no other phone has one.
 * @param others of the phones that came in by ports or users of their own.
 */
export function soughtTypes(own: DeviceProfile, others: readonly DeviceProfile[], app: string | null): string {
  const profiles = own.name === '' && others.length > 0 ? others : [own, ...others];
  const [first = [], ...rest] = profiles.map((profile) => typesOf(profile, app));
  return first
    .filter((type) => rest.every((types) => types.includes(type)))
    .sort()
    .join(',');
}

function typesOf(profile: DeviceProfile, app: string | null): string[] {
  const values = { ...profile.identifiers, ...(app === null ? {} : profile.perApp[app]) };
  const types = Object.keys(values).filter((type) => (values[type]?.length ?? 0) > 0);
  if (profile.location !== null) types.push('location_precise', 'location_coarse', 'gnss_info');
  return [...new Set(types)];
}
