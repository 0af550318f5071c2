import type { Taxonomy } from './data-type.ts';
import type { Language } from './language.ts';

/** What everybody calls these, in both languages; the taxonomy's names spell them out. */
const SHORT: Readonly<Record<string, string | { readonly zh: string; readonly en: string }>> = {
  imei: 'IMEI',
  meid: 'MEID',
  imsi: 'IMSI',
  iccid: 'ICCID',
  android_id: 'Android ID',
  oaid: 'OAID',
  vaid: 'VAID',
  aaid: 'AAID',
  gaid: 'GAID',
  idfa: 'IDFA',
  idfv: 'IDFV',
  utdid: 'UTDID',
  baidu_cuid: { zh: '百度 CUID', en: 'Baidu CUID' },
  mac_address: { zh: 'MAC 地址', en: 'MAC address' },
  bluetooth_mac: { zh: '蓝牙 MAC 地址', en: 'Bluetooth MAC' },
  serial_number: { zh: '设备序列号', en: 'serial number' },
  ssid: 'SSID',
  bssid: 'BSSID',
  ip_address: { zh: 'IP 地址', en: 'IP address' },
  phone_number: { zh: '手机号', en: 'phone number' },
  location: { zh: '位置信息', en: 'location' },
  location_precise: { zh: '精确位置', en: 'precise location' },
  location_coarse: { zh: '粗略位置', en: 'approximate location' },
  user_agent: 'User-Agent',
};

/** A data type's name for people, short enough for a table: `IMEI`, `粗略位置`, `list of installed apps`. */
export function typeName(taxonomy: Taxonomy, id: string, language: Language): string {
  const short = SHORT[id];
  if (short !== undefined) return typeof short === 'string' ? short : short[language];
  const name = taxonomy.get(id)?.names[language] ?? id;
  return name.split(/[（(、;；,，]/)[0]?.trim() || name;
}
