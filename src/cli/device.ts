import { Command, InvalidArgumentError, Option } from 'commander';
import type { ProfileAddition } from '../audit/device-profiles.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import { operatorError } from '../model/errors.ts';
import { maskValue } from '../model/finding.ts';
import { adbCommand } from './device-adb.ts';
import { learnCommand } from './device-learn.ts';
import { printable, table } from './terminal.ts';

/** Flags for the identifiers that most profiles hold; `--id` takes every other. */
const FLAGS: readonly (readonly [flag: string, dataType: string])[] = [
  ['imei', 'imei'],
  ['android-id', 'android_id'],
  ['oaid', 'oaid'],
  ['gaid', 'gaid'],
  ['idfa', 'idfa'],
  ['idfv', 'idfv'],
  ['mac', 'mac_address'],
  ['serial', 'serial_number'],
  ['imsi', 'imsi'],
  ['iccid', 'iccid'],
  ['phone', 'phone_number'],
];

type Identifier = ProfileAddition['identifiers'][number];

interface AddOptions {
  readonly name?: string;
  readonly platform?: DeviceProfile['platform'];
  readonly identifiers: readonly Identifier[];
  readonly location?: NonNullable<DeviceProfile['location']>;
  readonly salt: readonly string[];
  readonly signatures?: string;
}

/** `telltale device add|show`: the test device and the identifiers to look for. */
export function deviceCommand(): Command {
  return new Command('device')
    .description('device profiles: the test device and the identifiers to look for')
    .addCommand(addCommand())
    .addCommand(showCommand())
    .addCommand(learnCommand())
    .addCommand(adbCommand());
}

function addCommand(): Command {
  const command = new Command('add')
    .description('add identifiers to a profile file, which is made when missing (mode 0600)')
    .argument('<FILE>', 'profile, such as pixel.json')
    .option('--name <NAME>', "the device's name (default: the file's)")
    .addOption(
      new Option('--platform <PLATFORM>', "the device's system").choices(['android', 'ios', 'harmonyos', 'other']),
    );
  for (const [flag, dataType] of FLAGS) {
    command.option(`--${flag} <VALUE>`, `${dataType} (repeatable)`, (value: string, previous: Identifier[] = []) => [
      ...previous,
      { app: null, dataType, value },
    ]);
  }
  return command
    .option('--id <TYPE=VALUE>', 'any data type (repeatable)', collectId)
    .option('--app-id <APP:TYPE=VALUE>', 'a value that one app only sees (repeatable)', collectAppId)
    .option('--location <LAT,LON>', 'where the device is, WGS-84 degrees', parseLocation)
    .option('--salt <TEXT>', 'text that an app puts before a value when it hashes it (repeatable)', collectText, [])
    .option('--signatures <DIR>', 'a folder of your own, whose data types count too')
    .addHelpText(
      'after',
      `
Example:
  telltale device add pixel.json --platform android --imei 867532051234569 --android-id 9f8e7d6c5b4a3921 --id drm_id=6f1d0e`,
    )
    .action(async (file: string, options: Record<string, unknown>) => {
      const { addToDeviceProfile, profileDoubts } = await import('../audit/device-profiles.ts');
      const profile = addToDeviceProfile(
        file,
        additionOf(options),
        (options as unknown as AddOptions).signatures ?? null,
      );
      process.stdout.write(`${file}\n`);
      for (const doubt of profileDoubts(profile)) process.stderr.write(`telltale: ${file}: ${doubt}\n`);
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('print a profile with its values masked')
    .argument('<FILE>', 'profile, such as pixel.json')
    .addOption(new Option('--format <FORMAT>', 'form of the output').choices(['table', 'json']).default('table'))
    .option('--reveal', 'print the values unmasked')
    .option('--signatures <DIR>', 'a folder of your own, whose data types count too')
    .addHelpText('after', '\nExample:\n  telltale device show pixel.json')
    .action(async (file: string, options: { format: 'table' | 'json'; reveal?: boolean; signatures?: string }) => {
      const { openDeviceProfile, profileDoubts, profileToJson } = await import('../audit/device-profiles.ts');
      const profile = openDeviceProfile(file, options.signatures ?? null);
      const shown = options.reveal === true ? profile : masked(profile);
      const text = options.format === 'json' ? JSON.stringify(profileToJson(shown), null, 2) : profileTable(shown);
      process.stdout.write(`${text}\n`);
      for (const doubt of profileDoubts(profile)) process.stderr.write(`telltale: ${file}: ${doubt}\n`);
    });
}

function additionOf(options: Record<string, unknown>): ProfileAddition {
  const given = options as unknown as AddOptions;
  const identifiers = [...FLAGS.map(([flag]) => optionName(flag)), 'id', 'appId'].flatMap(
    (name) => (options[name] as readonly Identifier[] | undefined) ?? [],
  );
  const { name = null, platform = null, location = null, salt } = given;
  if (identifiers.length === 0 && name === null && platform === null && location === null && salt.length === 0)
    throw operatorError('usage', { message: 'nothing to add: give an identifier such as --imei VALUE' });
  return { name, platform, identifiers, location, salts: salt };
}

/** As commander names the value of a flag. */
function optionName(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function collectId(written: string, previous: Identifier[] = []): Identifier[] {
  const match = /^([^=]+)=(.+)$/s.exec(written);
  if (match === null) throw new InvalidArgumentError('expected TYPE=VALUE, such as drm_id=6f1d0e');
  return [...previous, { app: null, dataType: match[1] as string, value: match[2] as string }];
}

function collectAppId(written: string, previous: Identifier[] = []): Identifier[] {
  const match = /^([^:=]+):([^=]+)=(.+)$/s.exec(written);
  if (match === null)
    throw new InvalidArgumentError('expected APP:TYPE=VALUE, such as com.example:android_id=9f8e7d6c');
  return [...previous, { app: match[1] as string, dataType: match[2] as string, value: match[3] as string }];
}

function collectText(written: string, previous: string[]): string[] {
  return [...previous, written];
}

function parseLocation(written: string): DeviceProfile['location'] {
  const match = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(written);
  if (match === null) throw new InvalidArgumentError('expected LATITUDE,LONGITUDE, such as 22.5431,114.0579');
  return { latitude: Number(match[1]), longitude: Number(match[2]) };
}

/** A profile fit to be seen by others: values are masked, and the place is rounded to a tenth of a degree (about 10 km). */
function masked(profile: DeviceProfile): DeviceProfile {
  const lists = (identifiers: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(identifiers).map(([type, values]) => [type, values.map(maskValue)]));
  const tenth = (degrees: number) => Math.round(degrees * 10) / 10;
  return {
    ...profile,
    identifiers: lists(profile.identifiers),
    perApp: Object.fromEntries(Object.entries(profile.perApp).map(([app, inner]) => [app, lists(inner)])),
    location: profile.location && {
      latitude: tenth(profile.location.latitude),
      longitude: tenth(profile.location.longitude),
    },
    salts: profile.salts.map(maskValue),
  };
}

function profileTable(profile: DeviceProfile): string {
  const rows = [
    ...rowsOf(profile.identifiers, 'every app'),
    ...Object.entries(profile.perApp).flatMap(([app, identifiers]) => rowsOf(identifiers, app)),
    ...profile.salts.map((salt) => ['(salt)', 'every app', salt]),
  ];
  if (profile.location !== null)
    rows.push(['location', 'every app', `${profile.location.latitude}, ${profile.location.longitude}`]);
  const cells = rows.map((row) => row.map(printable));
  return `${printable(profile.name)} (${profile.platform})\n\n${table(['data type', 'seen by', 'value'], cells)}`;
}

function rowsOf(identifiers: Readonly<Record<string, readonly string[]>>, app: string): string[][] {
  return Object.entries(identifiers).flatMap(([type, values]) => values.map((value) => [type, app, value]));
}
