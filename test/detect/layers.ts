import type { DeviceProfile } from '../../src/model/device-profile.ts';
import type { DecodedBody, DecodedHead, Field, HeadPart, Layer } from '../../src/model/layer.ts';

/** Decoded bodies made by hand, so that what detection says is tested apart from how bodies are decoded. */
export function layer(
  content: string | Uint8Array,
  fields: Readonly<Record<string, string | Uint8Array>> = {},
  more: Partial<Layer> = {},
): Layer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return {
    chain: [],
    bytes,
    parent: -1,
    parentStart: 0,
    parentEnd: 0,
    ...more,
    fields: Object.entries(fields)
      .map(([path, value]) => fieldIn(bytes, path, value))
      .sort((a, b) => a.start - b.start),
  };
}

function fieldIn(bytes: Uint8Array, path: string, value: string | Uint8Array): Field {
  const start = Buffer.from(bytes).indexOf(value);
  if (start === -1) throw new Error(`The layer does not hold the value of ${path}`);
  return {
    path,
    syntax: 'json',
    start,
    end: start + Buffer.from(value as string).length,
    text: typeof value === 'string' ? value : null,
  };
}

export function body(...layers: Layer[]): DecodedBody {
  return { layers, gaps: [] };
}

export function head(url: string, headers: readonly (readonly [string, string])[]): DecodedHead {
  const parts: HeadPart[] = [];
  let text = '';
  const add = (place: HeadPart['place'], name: string | null, value: string) => {
    parts.push({ place, name, start: text.length, end: text.length + value.length });
    text += `${value}\n`;
  };
  add('url', null, url);
  for (const [name, value] of headers) add(name === 'Cookie' ? 'cookie' : 'header', name, value);
  return { layers: [layer(text)], gaps: [], parts };
}

/** The phone of these tests; every value is invented. */
export const PHONE: DeviceProfile = {
  name: 'test phone',
  platform: 'android',
  identifiers: {
    imei: ['867532051234567'],
    android_id: ['9f8e7d6c5b4a3921'],
    mac_address: ['a4:50:46:1b:2c:3d'],
    oaid: ['09bcfafb-b0ff-4c96-bd91-040bfb0ce6be'],
    serial_number: ['R58M45ABCDE'],
    imsi: ['460021234567890'],
    iccid: ['89860012345678901234'],
    phone_number: ['13812345678'],
    meid: ['A1000012345678'],
    ssid: ['Office-5G'],
    email: ['zhang.san@example.com'],
    real_name: ['张三丰'],
  },
  perApp: { 'com.example.shop': { android_id: ['1122334455667788'] } },
  location: { latitude: 22.5431, longitude: 114.0579 },
  salts: [],
};
