/** A test device and the identifiers to look for. Read from the JSON of docs/device-profile.md by `device/`. */
export interface DeviceProfile {
  readonly name: string;
  readonly platform: 'android' | 'ios' | 'harmonyos' | 'other';
  /** Data-type id → values, as the operator wrote them. */
  readonly identifiers: Readonly<Record<string, readonly string[]>>;
  /** App id → data-type id → values that only this app sees (Android ID since Android 8). */
  readonly perApp: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** WGS-84 degrees; null when unknown. */
  readonly location: { readonly latitude: number; readonly longitude: number } | null;
  /** Salts and prefixes that the operator knows some app to use before hashing. */
  readonly salts: readonly string[];
}
