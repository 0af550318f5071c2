import { createHash } from 'node:crypto';
import type { DeviceProfile } from '../../src/model/device-profile.ts';
import { random } from '../scan-corpus.ts';
import { inventedPhone, luhn } from './values.ts';

/** Something that looks like an identifier of the phone and is none. */
export interface Negative {
  readonly name: string;
  readonly make: (below: (bound: number) => number, phone: DeviceProfile) => string;
}

const digits = (below: (bound: number) => number, size: number) =>
  Array.from({ length: size }, () => below(10)).join('');
const hex = (below: (bound: number) => number, size: number) =>
  Array.from({ length: size }, () => below(16).toString(16)).join('');
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const SENTINELS = `000000000000000 352005048247251 358673013795895 9774d56d682e549c 0123456789abcdef 02:00:00:00:00:00
 020000000000 ff:ff:ff:ff:ff:ff 00000000-0000-0000-0000-000000000000 unknown null undefined __IMEI__ __OAID__`.split(
  /\s+/,
);

function pick<Item>(below: (bound: number) => number, items: readonly Item[]): Item {
  return items[below(items.length)] as Item;
}

function anyValue(below: (bound: number) => number, phone: DeviceProfile): string {
  const values = Object.entries(phone.identifiers)
    .filter(([type]) => type !== 'real_name')
    .flatMap(([, list]) => list);
  return pick(below, values);
}

export const NEGATIVES: readonly Negative[] = [
  { name: 'random hex of 32', make: (below) => hex(below, 32) },
  { name: 'random hex of 64', make: (below) => hex(below, 64) },
  { name: 'random hex of 16', make: (below) => hex(below, 16) },
  { name: 'random base64', make: (below) => Buffer.from(hex(below, 48), 'hex').toString('base64') },
  {
    name: 'random UUID',
    make: (below) => `${hex(below, 8)}-${hex(below, 4)}-4${hex(below, 3)}-a${hex(below, 3)}-${hex(below, 12)}`,
  },
  { name: 'order number that passes Luhn', make: (below) => withLuhn(`86${digits(below, 12)}`) },
  { name: 'order number of 18 digits', make: (below) => `2023${digits(below, 14)}` },
  { name: 'timestamp', make: (below) => String(1_700_000_000_000 + below(10_000_000)) },
  { name: 'seconds', make: (below) => String(1_700_000_000 + below(10_000_000)) },
  { name: 'price', make: (below) => `${below(1000)}.${digits(below, 2)}` },
  { name: "another phone's id", make: (below) => anyValue(below, inventedPhone(100_000 + below(1_000_000))) },
  {
    name: "md5 of another phone's id",
    make: (below) => md5(anyValue(below, inventedPhone(100_000 + below(1_000_000)))),
  },
  { name: 'sentinel', make: (below) => pick(below, SENTINELS) },
  { name: 'md5 of a sentinel', make: (below) => md5(pick(below, SENTINELS)) },
  { name: 'near miss: one character changed', make: (below, phone) => changed(below, anyValue(below, phone)) },
  {
    name: 'near miss: a digit more in front',
    make: (below, phone) => `${1 + below(9)}${phone.identifiers['imei']?.[0]}`,
  },
  {
    name: 'near miss: a digit more at the end',
    make: (below, phone) => `${phone.identifiers['imei']?.[0]}${below(10)}`,
  },
  {
    name: 'near miss: digits around it, in base64 twice',
    make: (below, phone) => {
      const longer = `${1 + below(9)}${phone.identifiers['imei']?.[0]}${below(10)}`;
      return Buffer.from(Buffer.from(JSON.stringify({ ts: 1, id: longer })).toString('base64')).toString('base64');
    },
  },
  {
    name: 'near miss: phone number in a longer one',
    make: (below, phone) => `${phone.identifiers['phone_number']?.[0]}${digits(below, 3)}`,
  },
  { name: 'near miss: half a hash', make: (below, phone) => md5(anyValue(below, phone)).slice(0, 15) },
  { name: 'hash of a near miss', make: (below, phone) => md5(changed(below, anyValue(below, phone))) },
  { name: 'another name', make: (below) => pick(below, ['欧阳', '明月', '欧阳明', '上官明月', '李雷']) },
  { name: 'phone number of another', make: (below) => `138${digits(below, 8)}` },
  {
    name: 'place elsewhere',
    make: (below) => `${23 + below(9)}.${digits(below, 6)},${115 + below(5)}.${digits(below, 6)}`,
  },
  { name: 'version', make: (below) => `${below(20)}.${below(20)}.${below(300)}` },
  { name: 'token', make: (below) => `eyJ${Buffer.from(hex(below, 60)).toString('base64url')}` },
];

function withLuhn(body: string): string {
  return body + luhn(body);
}

/** Another character of the same kind at one place that counts. */
function changed(below: (bound: number) => number, value: string): string {
  const places = [...value].map((c, i) => (/[0-9a-z]/i.test(c) ? i : -1)).filter((i) => i >= 0);
  const at = places[below(places.length - 1)] as number;
  const old = value[at] as string;
  const kind = /\d/.test(old) ? '0123456789' : /[a-f]/.test(old) ? 'abcdef' : /[A-F]/.test(old) ? 'ABCDEF' : 'xyzw';
  const others = [...kind].filter((c) => c.toLowerCase() !== old.toLowerCase());
  return value.slice(0, at) + pick(below, others) + value.slice(at + 1);
}

/** A source of negatives: each kind in turn. */
export function negatives(
  count: number,
  phone: DeviceProfile,
  seed: number,
): readonly { name: string; content: string }[] {
  const below = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const { name, make } = NEGATIVES[i % NEGATIVES.length] as Negative;
    return { name, content: make(below, phone) };
  });
}
