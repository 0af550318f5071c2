import type { SetUpWording } from './set-up-wording.ts';

export const ENGLISH: SetUpWording = {
  htmlLanguage: 'en',
  otherLanguage: { code: 'zh', name: '中文' },
  title: 'Phone set-up',
  lead: 'Three things to do on this phone: trust the certificate, set the proxy, watch both lights turn green.',
  checkHeading: 'Is it working?',
  checks: {
    proxy: {
      yes: 'This phone sends through telltale.',
      no: 'Not through telltale yet: set the Wi-Fi proxy (step 2).',
      waiting: 'Does this phone send through telltale? Checking …',
    },
    trust: {
      yes: 'This browser trusts the certificate.',
      no: 'The certificate is not trusted yet: install it (step 1).',
      waiting: 'Is the certificate trusted? Checking …',
    },
    withoutScript:
      'JavaScript is off. Open [the check](https://telltale.test/check): a page without a warning means that both work.',
    limits:
      'Green speaks for this browser. Since Android 7 most apps trust only the system store; what such an app refuses is listed as a gap, never passed over in silence.',
  },
  counts: { exchanges: 'exchanges', sdks: 'SDKs', findings: 'findings', gaps: 'gaps' },
  certificateHeading: '1. Trust the certificate',
  certificateFiles: {
    der: 'Certificate for Android and HarmonyOS (DER, .crt)',
    pem: 'Certificate as PEM',
    android: 'File for the system store of Android (.0)',
    mobileconfig: 'Profile for iPhone and iPad (.mobileconfig)',
  },
  fingerprint: 'SHA-256 of the certificate',
  proxyHeading: '2. Set the proxy',
  proxyHost: 'Host name',
  proxyPort: 'Port',
  proxyOthers: 'Other addresses of the same proxy, should this one not answer:',
  proxyPac: 'Or choose automatic set-up (PAC) with this address:',
  stepsHeading: 'Step by step',
  platforms: { android: 'Android', ios: 'iPhone and iPad', harmonyos: 'HarmonyOS' },
  steps: {
    android: [
      {
        heading: 'Every Android: certificate and proxy',
        steps: [
          'Set a screen lock if there is none: Android asks for one.',
          'Download [the certificate](/ca.crt).',
          'Android 11 and later: Settings → Security → Encryption & credentials → Install a certificate → *CA certificate* → Install anyway, then choose the file. Android 10 and earlier: open the downloaded file, use it for “VPN and apps”.',
          'Settings → Wi-Fi → this network → edit (pencil) → Advanced → Proxy: *Manual*, host `{host}`, port `{port}`. Leave “Bypass proxy for” empty.',
        ],
        commands: [],
      },
      {
        heading: 'Android 6 and earlier: nothing more',
        steps: ['Apps trust certificates that the user installed.'],
        commands: [],
      },
      {
        heading: 'Android 7 and later, without root: which apps can be read',
        steps: [
          'Browsers, debug builds, and apps whose network security config trusts user certificates can be read as they are.',
          'Your own app: allow user certificates in a test build, with this `res/xml/network_security_config.xml`.',
          'Every other app refuses the certificate; each refusal is a gap in the report. To read it, use a rooted phone or an emulator (below).',
        ],
        commands: [
          '<network-security-config><base-config><trust-anchors><certificates src="system"/><certificates src="user"/></trust-anchors></base-config></network-security-config>',
        ],
      },
      {
        heading:
          'Rooted, or an emulator without Google Play (any version, also 14 and later): system store until restart',
        steps: [
          'On a computer with adb, and the phone connected. Without `su` (emulator): run `adb root` first and leave `su` out.',
          'The script covers the system store with a copy that holds one more file; on Android 14 and later it does the same in the Conscrypt APEX, for the zygotes and for running apps. Restarting the phone undoes it.',
        ],
        commands: ['curl -s http://{address}/android-system.sh | adb shell su'],
      },
      {
        heading: 'Magisk or KernelSU: system store for good',
        steps: [
          'Install the certificate as a user certificate (above), then a module that copies user certificates into the system store, such as AlwaysTrustUserCerts (Android 7 to 16), and restart.',
        ],
        commands: [],
      },
      {
        heading: 'Android 13 and earlier with a writable system partition',
        steps: ['Download [{hash}.0](/{hash}.0) and put it into the store; the name is what Android looks it up by.'],
        commands: [
          'adb root && adb remount',
          'adb push {hash}.0 /system/etc/security/cacerts/',
          'adb shell chmod 644 /system/etc/security/cacerts/{hash}.0',
          'adb reboot',
        ],
      },
    ],
    ios: [
      {
        heading: 'Certificate, trust, proxy',
        steps: [
          'In *Safari*, open [the profile](/telltale.mobileconfig) and allow the download.',
          'Settings → *Profile Downloaded* (or General → VPN & Device Management) → telltale → Install.',
          'Settings → General → About → *Certificate Trust Settings* → switch on full trust for the telltale certificate. Without this step nothing can be read (iOS 10.3 and later).',
          'Settings → Wi-Fi → (i) beside this network → Configure Proxy → *Manual*: server `{host}`, port `{port}`.',
        ],
        commands: [],
      },
    ],
    harmonyos: [
      {
        heading: 'HarmonyOS 5 and later',
        steps: [
          'Download [the certificate](/ca.crt) and find it in Files.',
          'Settings → Privacy & security → Advanced → Certificates & credentials → install from storage → *CA certificate*, then choose the file. (Search the settings for “certificate” where the path differs.)',
          'Settings → WLAN → this network → Proxy: *Manual*, host `{host}`, port `{port}`.',
          'Apps that use the system’s Network Kit trust user certificates unless they say otherwise; apps with a network library of their own may not.',
        ],
        commands: [],
      },
      {
        heading: 'HarmonyOS 2 to 4 (runs Android apps)',
        steps: [
          'Download [the certificate](/ca.crt); Settings → Security → More settings → Encryption & credentials → Install from storage → *CA certificate*.',
          'Settings → WLAN → hold this network → Modify → Show advanced options → Proxy: *Manual*, host `{host}`, port `{port}`.',
          'Android’s rule holds: most apps do not trust user certificates.',
        ],
        commands: [],
      },
    ],
  },
  marksHeading: '3. Mark what you do in the app',
  marksLead:
    'The report tells what was sent before consent from what came after, so press the button at the moment it happens.',
  marks: {
    consent: 'Consent given',
    refused: 'Consent refused',
    foreground: 'App to foreground',
    background: 'App to background',
    note: 'Add note',
  },
  noteLabel: 'Note (may be empty for the other buttons)',
  markSet: 'Marked: {mark}',
  markFailed: 'Not marked. Reload the page and press again.',
  afterHeading: 'When the test is over',
  after: [
    'Set the Wi-Fi proxy back to *None*; while it points here, the phone has no network without telltale.',
    'Remove the certificate (Android: user certificates; iPhone: the profile).',
  ],
  qrHeading: 'This page on another phone',
};
