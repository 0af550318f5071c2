import { isIP } from './ip-form.ts';
import { passesLuhn } from './luhn.ts';
import { isIccid, isImei, isResidentId, isUtdid } from './self-checking.ts';

/**
 * What the values of a data type look like. A field counts only when both its name and its value say the same; a name
 * alone is a guess, and a form alone is more often something else.
 */
export interface ValueForm {
  readonly fits: (value: string, key: string) => boolean;
  /** The form proves itself by check digits or a keyed hash. */
  readonly selfChecking?: boolean;
}

const words = (text: string) => new Set(text.split(/\s+/));
const matches = (pattern: RegExp): ValueForm => ({ fits: (value) => pattern.test(value) });
const oneOf = (text: string): ValueForm => {
  const known = words(text);
  const longest = 2 * Math.max(...[...known].map(({ length }) => length));
  return {
    fits: (value) =>
      value.length <= longest &&
      known.has(
        value
          .trim()
          .toLowerCase()
          .replace(/[\s_-]/g, ''),
      ),
  };
};

const MAC: ValueForm = matches(/^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|^[0-9a-f]{12}$/i);
const UUID: ValueForm = matches(/^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i);
const TOKEN: ValueForm = matches(/^[\w+/=:.-]{16,256}$/);
const COUNT: ValueForm = matches(/^\d{3,16}(?:\.\d+)?\s*(?:[KMGT]i?B?)?$|^\d+(?:\.\d+)?\s*[KMGT]i?B?$/i);
const NAME: ValueForm = matches(/^(?=.*\p{L})[^\n\r{}<>]{2,64}$/u);

const BRANDS = oneOf(
  `huawei honor xiaomi redmi poco oppo realme oneplus vivo iqoo samsung meizu apple google pixel motorola lenovo zte nubia
  blackshark nothing sony lge lg asus tecno infinix itel hisense coolpad smartisan 360 gionee leeco letv nokia hmd htc wiko
  华为 荣耀 小米 红米 三星 魅族 苹果 联想 中兴 努比亚 一加 真我`,
);

const CARRIERS =
  /^(?:china\s?(?:mobile|unicom|telecom|broadnet)|cmcc|cucc|ctcc|cbn|chn-(?:ct|unicom|cmcc)|中国(?:移动|联通|电信|广电)|460\d{2,3})$/i;

/** Those who carry parcels are carriers, too. */
const FREIGHT = /express|logistic|freight|post\b|^(?:dhl|ups|usps|fedex|tnt|ems|dpd|gls|sf|sto|yto|zto)\b/i;

const LANGUAGE =
  /^(?:zh|en|ja|ko|fr|de|es|pt|ru|it|ar|th|vi|id|ms|tr|hi|nl|pl|sv|uk|cs|da|fi|el|he|hu|nb|ro|sk|bg|hr|bo|ug|mn)(?:[-_#][A-Za-z]{2,4})*$/i;

/** Data type → form. Types that are not here are never told by their key name. */
export const VALUE_FORMS: Readonly<Record<string, ValueForm>> = {
  imei: { fits: isImei, selfChecking: true },
  meid: matches(/^[a-f][0-9a-f]{13}$/i),
  imsi: matches(/^(?:460|454|455|466|310|311|440|450|525)\d{11,12}$/),
  iccid: { fits: isIccid, selfChecking: true },
  sim_serial: { fits: isIccid, selfChecking: true },
  // A day in front of more digits is the number of an order.
  serial_number: matches(/^(?!20\d\d(?:0[1-9]|1[0-2])\d{6,})(?=.*\d)[A-Za-z0-9]{8,24}$/),
  android_id: matches(/^[0-9a-f]{15,16}$/i),
  oaid: matches(/^[0-9a-f]{16}$|^[0-9a-f]{32}$|^[0-9a-f]{63,64}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  vaid: matches(/^[0-9a-f-]{16,64}$/i),
  aaid: matches(/^[0-9a-f-]{16,64}$/i),
  gaid: UUID,
  idfa: UUID,
  idfv: UUID,
  openudid: matches(/^[0-9a-f]{40}$/i),
  utdid: { fits: isUtdid, selfChecking: true },
  baidu_cuid: matches(/^[0-9A-F]{32}\|[0-9A-Z]{1,16}$|^A00-[A-Z2-7]{32}-[A-Z2-7]{8}$/),
  drm_id: matches(/^[0-9a-f]{64}$|^[A-Za-z0-9+/]{43}=$/i),
  odid: UUID,
  push_token: TOKEN,
  instance_id: TOKEN,
  mac_address: MAC,
  bluetooth_mac: MAC,
  bssid: MAC,
  ssid: matches(/^"?[^"\n\r\0]{1,32}"?$/),
  network_type: oneOf(
    'wifi wlan 2g 3g 4g 5g lte nr nrsa nrnsa gprs edge hspa cdma umts mobile cellular ethernet wwan vpn',
  ),
  signal_strength: matches(/^-(?:1[0-4]\d|\d{2})(?:\s*dbm)?$/i),
  ip_address: { fits: isIP },
  carrier: {
    fits: (value, key) =>
      CARRIERS.test(value.trim()) ||
      (/carrier/.test(key) && !FREIGHT.test(value) && /^\p{L}[\p{L}\p{N} .&-]{1,39}$/u.test(value)),
  },
  mcc_mnc: {
    fits: (value, key) =>
      (key === 'mcc' || key === 'mnc' ? /^\d{2,3}$/ : /^[2-7]\d{4,5}$|^[2-7]\d{2}[-,]\d{2,3}$/).test(value),
  },
  sim_info: oneOf('ready absent present locked 0 1 2 3 4 5 true false dual single'),
  user_agent: matches(/^(?:Mozilla|Dalvik|okhttp)\/[\d.]+/),
  device_model: {
    fits: (value, key) =>
      /^[\p{L}\p{N}][\p{L}\p{N} _.,()+/-]{1,47}$/u.test(value) &&
      /\p{L}/u.test(value) &&
      (key !== 'model' || /\d/.test(value)) &&
      !/^(?:gpt|model)[-_]?\d|^v[-_]?\d{1,3}(?:\.\d+)*$/i.test(value),
  },
  device_brand: BRANDS,
  device_manufacturer: BRANDS,
  device_name: NAME,
  device_type: oneOf(
    'phone tablet pad tv watch mobile handset iphone ipad androidphone androidpad smartphone 手机 平板',
  ),
  product_name: matches(/^[A-Za-z][\w-]{2,31}$/),
  os_type: oneOf('android ios iphoneos ipados harmonyos harmony ohos openharmony 安卓 鸿蒙'),
  os_version: matches(/^(?:(?:android|ios|iphone os|harmonyos|openharmony)[\s_/-]*)?v?\d{1,2}(?:\.\d{1,3}){0,3}$/i),
  api_level: matches(/^(?:1[4-9]|2\d|3\d|4[0-5])$/),
  screen_info: {
    fits: (value, key) =>
      /^\d{3,4}(?:\.\d+)?\s*[x*×X,_|-]\s*\d{3,4}(?:\.\d+)?$/.test(value) ||
      (/width|height|^s[wh]$/.test(key) && /^\d{3,4}(?:\.\d+)?$/.test(value)) ||
      (/density|dpi|inch|size/.test(key) && /^\d{1,3}(?:\.\d+)?$/.test(value)),
  },
  cpu_info: matches(
    /^(?:arm64|armeabi|arm|x86|mips|aarch64|qcom|mt\d|kirin|exynos|sm\d|snapdragon|unisoc|qualcomm)[\w \-.,;/()]*$|^\d{1,2}$|^\d{6,10}$/i,
  ),
  memory_info: COUNT,
  storage_space: COUNT,
  battery: matches(/^(?:100|\d{1,2})(?:\.\d+)?%?$|^-?[01](?:\.\d+)?$|^(?:charging|discharging|full|unplugged)$/i),
  boot_time: matches(/^\d{4,19}(?:\.\d+)?$/),
  system_update_time: matches(/^\d{9,19}(?:\.\d+)?$/),
  root_status: matches(/^(?:true|false|0|1|yes|no)$/i),
  language: matches(LANGUAGE),
  timezone: matches(
    /^(?:(?:GMT|UTC)\s?[+-]\d{1,2}(?::?\d{2})?|(?:Asia|Europe|America|Africa|Australia|Pacific)\/[A-Za-z_/]+|[+-]\d{2}:?\d{2}|[+-]?(?:\d|1[0-4])(?:\.\d+)?|28800(?:000)?|480)$/,
  ),
  country_code: matches(/^(?:CN|HK|TW|MO|US|JP|KR|SG|GB|DE|FR|CHN|USA|JPN|86|中国)$/i),
  sensor: matches(
    /^-?\d+(?:\.\d+)?(?:\s*[,;|]\s*-?\d+(?:\.\d+)?){1,5}$|\b(?:accelerometer|gyroscope|magnetometer|barometer|proximity|step.?counter)\b/i,
  ),
  clipboard: { fits: (value) => value.length >= 2 },
  location_coarse: matches(
    /^(?!(?:all|any|none|other|default|null|unknown|global)$)(?:[\u4e00-\u9fff]{2,16}|[A-Za-z][A-Za-z ']{2,31}|\d{6})$/,
  ),
  email: matches(/^[\w.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,10}$/),
  phone_number: matches(/^(?:\+?86|0086)?[ -]?1[3-9]\d[ -]?\d{4}[ -]?\d{4}$/),
  id_card: { fits: isResidentId, selfChecking: true },
  passport: matches(/^[A-Z]{1,2}\d{7,8}$/i),
  real_name: matches(/^[\u4e00-\u9fff·]{2,8}$/),
  nickname: NAME,
  avatar: matches(/^https?:\/\/\S+$/),
  gender: oneOf('male female m f man woman boy girl 男 女'),
  age: matches(/^(?:[1-9]|[1-9]\d|1[01]\d)$/),
  birthday: matches(/^(?:19|20)\d{2}[-/.年]?(?:0?[1-9]|1[0-2])[-/.月]?(?:0?[1-9]|[12]\d|3[01])日?$/),
  bank_card: { fits: (value) => /^[3-6]\d{15,18}$/.test(value) && passesLuhn(value), selfChecking: true },
  user_id: matches(/^(?=.*\d)[\w-]{4,64}$/),
  account: matches(/^[\w.@+-]{4,64}$/),
  password: matches(/^\S{4,128}$/),
  sms_code: matches(/^\d{4,8}$/),
};
