/** A point in degrees. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** Semi-major axis and squared eccentricity of the Krasovsky ellipsoid, which GCJ-02 is computed on. */
const AXIS = 6_378_245;
const ECCENTRICITY = 0.006693421622965943;

/** Whether Chinese maps shift this point at all: mainland China, roughly. */
function isShifted({ latitude, longitude }: Point): boolean {
  return longitude > 72.004 && longitude < 137.8347 && latitude > 0.8293 && latitude < 55.8271;
}

/**
 * GPS degrees → those of Chinese maps (Amap, Tencent). Within 2 m of the official conversion.
 * @see https://github.com/wandergis/coordtransform (the formulas are the same everywhere).
 */
export function gcj02FromWgs84(point: Point): Point {
  if (!isShifted(point)) return point;
  const { latitude, longitude } = point;
  const radians = (latitude / 180) * Math.PI;
  const sine = Math.sin(radians);
  const magic = 1 - ECCENTRICITY * sine * sine;
  const root = Math.sqrt(magic);
  const north = shiftNorth(longitude - 105, latitude - 35);
  const east = shiftEast(longitude - 105, latitude - 35);
  return {
    latitude: latitude + (north * 180) / (((AXIS * (1 - ECCENTRICITY)) / (magic * root)) * Math.PI),
    longitude: longitude + (east * 180) / ((AXIS / root) * Math.cos(radians) * Math.PI),
  };
}

function waves(value: number): number {
  return (20 * Math.sin(6 * value * Math.PI) + 20 * Math.sin(2 * value * Math.PI)) * (2 / 3);
}

function shiftNorth(x: number, y: number): number {
  const slow = (20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * (2 / 3);
  const slower = (160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * (2 / 3);
  return -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + waves(x) + slow + slower;
}

function shiftEast(x: number, y: number): number {
  const slow = (20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * (2 / 3);
  const slower = (150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * (2 / 3);
  return 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + waves(x) + slow + slower;
}

const BAIDU_ANGLE = (Math.PI * 3000) / 180;

/** Degrees of Chinese maps → Baidu's. */
export function bd09FromGcj02({ latitude, longitude }: Point): Point {
  const radius = Math.hypot(longitude, latitude) + 0.00002 * Math.sin(latitude * BAIDU_ANGLE);
  const angle = Math.atan2(latitude, longitude) + 0.000003 * Math.cos(longitude * BAIDU_ANGLE);
  return { longitude: radius * Math.cos(angle) + 0.0065, latitude: radius * Math.sin(angle) + 0.006 };
}

/** Baidu's own Mercator: from this latitude on, the polynomial of these coefficients (as in its public JavaScript API). */
const MERCATOR_BANDS: readonly (readonly [from: number, coefficients: readonly number[]])[] = [
  [
    75,
    [
      -0.0015702102444, 111320.7020616939, 1704480524535203, -10338987376042340, 26112667856603880, -35149669176653700,
      26595700718403920, -10725012454188240, 1800819912950474, 82.5,
    ],
  ],
  [
    60,
    [
      0.0008277824516172526, 111320.7020463578, 647795574.6671607, -4082003173.641316, 10774905663.51142,
      -15171875531.51559, 12053065338.62167, -5124939663.577472, 913311935.9512032, 67.5,
    ],
  ],
  [
    45,
    [
      0.00337398766765, 111320.7020202162, 4481351.045890365, -23393751.19931662, 79682215.47186455, -115964993.2797253,
      97236711.15602145, -43661946.33752821, 8477230.501135234, 52.5,
    ],
  ],
  [
    30,
    [
      0.00220636496208, 111320.7020209128, 51751.86112841131, 3796837.749470245, 992013.7397791013, -1221952.21711287,
      1340652.697009075, -620943.6990984312, 144416.9293806241, 37.5,
    ],
  ],
  [
    15,
    [
      -0.0003441963504368392, 111320.7020576856, 278.2353980772752, 2485758.690035394, 6070.750963243378,
      54821.18345352118, 9540.606633304236, -2710.55326746645, 1405.483844121726, 22.5,
    ],
  ],
  [
    0,
    [
      -0.0003218135878613132, 111320.7020701615, 0.00369383431289, 823725.6402795718, 0.46104986909093,
      2351.343141331292, 1.58060784298199, 8.77738589078284, 0.37238884252424, 7.45,
    ],
  ],
];

/** Baidu degrees → metres of Baidu's Mercator (`latitude` is north, `longitude` east). */
export function bd09McFromBd09(point: Point): Point {
  const north = Math.abs(point.latitude);
  const band = MERCATOR_BANDS.find(([from]) => north >= from) ?? MERCATOR_BANDS.at(-1);
  const c = band?.[1] as readonly number[];
  const x = (c[0] as number) + (c[1] as number) * Math.abs(point.longitude);
  const t = north / (c[9] as number);
  const y = c.slice(2, 9).reduce((sum, coefficient, power) => sum + coefficient * t ** power, 0);
  return { latitude: y * Math.sign(point.latitude), longitude: x * Math.sign(point.longitude) };
}
