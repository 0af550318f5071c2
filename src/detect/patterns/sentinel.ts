/**
 * Values that stand for "no value": what systems and emulators answer when there is no identifier, macro left-overs, and ids
 * known to be shared by thousands of devices. They and their hashes are never looked for. Sources: docs/detection.md.
 */
const SENTINELS: ReadonlySet<string> = new Set(
  `null none n/a na nan undefined unknown nil (null) [objectobject] true false default test
  __imei__ __oaid__ __mac__ __mac1__ __androidid__ __androidid1__ __idfa__ __null__ __ip__ __ua__ unknownssid <unknownssid>
  9774d56d682e549c 0123456789abcdef 1234567890abcdef
  020000000000 ffffffffffff 0123456789ab
  352005048247251 012345678912345 012345678901237 88508850885050 0123456789abcde 004999010640000 862280010599525
  52443443484950 355195000000017 001068000000006 358673013795895 355692547693084 004400152020000 8552502717594321
  113456798945455 012379000772883 111111111111119 358701042909755 358000043654134 345630000000115 356299046587760
  356591000000222 739463 351602000525820 012345678901234 000000011234564 351751045421180 357242042804044 356531044590531
  350305260000001 357242041834521 358537040040544 351751044067398 123456789012345 123456789012347
  310260000000000 460001234567890 13800138000 12345678901`.split(/\s+/),
);

/** Whether a value says nothing: empty, all one digit, or a known stand-in. Case and separators do not matter. */
export function isSentinel(value: string): boolean {
  const bare = value
    .trim()
    .toLowerCase()
    .replace(/^["'{]+|["'}]+$/g, '')
    .replace(/[\s:_#.\-+]/g, '');
  if (bare === '' || /^(.)\1*$/u.test(bare)) return true;
  return SENTINELS.has(bare) || SENTINELS.has(value.trim().toLowerCase());
}
