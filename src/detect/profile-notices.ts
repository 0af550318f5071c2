import type { DeviceProfile } from '../model/device-profile.ts';
import { isSentinel } from './patterns/sentinel.ts';

/** What the operator should know about a profile: values that say nothing and are not looked for. One sentence each. */
export function profileNotices(profile: DeviceProfile): readonly string[] {
  const notices: string[] = [];
  const check = (place: string, identifiers: Readonly<Record<string, readonly string[]>>) => {
    for (const [dataType, values] of Object.entries(identifiers)) {
      values.forEach((value, index) => {
        if (!isSentinel(value)) return;
        notices.push(
          `${place}${dataType}[${index}] is a stand-in that many devices share (${value === '' ? 'empty' : value}): it is not looked for.`,
        );
      });
    }
  };
  check('identifiers.', profile.identifiers);
  for (const [app, identifiers] of Object.entries(profile.perApp)) check(`per app ${app}: `, identifiers);
  return notices;
}
