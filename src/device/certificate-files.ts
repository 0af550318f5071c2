import { createHash } from 'node:crypto';

/** The certificate authority's certificate, without its key. */
export interface Certificate {
  readonly certificatePem: string;
  readonly certificateDer: Uint8Array;
  /** Eight lower hex digits: OpenSSL's `-subject_hash_old`, which names files in Android's system store. */
  readonly subjectHashOld: string;
}

/** One form of the certificate, as it is downloaded or exported. */
export interface CertificateFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export const CERTIFICATE_FORMATS = ['pem', 'der', 'android', 'mobileconfig'] as const;

export type CertificateFormat = (typeof CERTIFICATE_FORMATS)[number];

/**
 * The certificate in the form that a system wants.
 *
 * `android` is PEM under the name that the system store looks it up by (Android reads PEM there); `der` is what the installers of
 * Android and HarmonyOS take from a download; `mobileconfig` is Apple's profile, unsigned, with identifiers that depend on
 * nothing but the certificate, so that installing it twice replaces it.
 */
export function certificateFile(certificate: Certificate, format: CertificateFormat): CertificateFile {
  const { certificatePem, certificateDer, subjectHashOld } = certificate;
  switch (format) {
    case 'pem':
      return {
        name: 'telltale-ca.pem',
        mediaType: 'application/x-pem-file',
        bytes: Buffer.from(certificatePem, 'latin1'),
      };
    case 'der':
      return { name: 'telltale-ca.crt', mediaType: 'application/x-x509-ca-cert', bytes: certificateDer };
    case 'android':
      return {
        name: `${subjectHashOld}.0`,
        mediaType: 'application/octet-stream',
        bytes: Buffer.from(certificatePem, 'latin1'),
      };
    case 'mobileconfig':
      return {
        name: 'telltale.mobileconfig',
        mediaType: 'application/x-apple-aspen-config',
        bytes: Buffer.from(mobileConfig(certificateDer), 'utf8'),
      };
  }
}

/** @see Apple, "Configuration Profile Reference": payload type com.apple.security.root. */
function mobileConfig(der: Uint8Array): string {
  const base64 = Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})(?=.)/g, '$1\n\t\t\t');
  const fingerprint = createHash('sha256').update(der).digest('hex').slice(0, 16);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadContent</key>
	<array>
		<dict>
			<key>PayloadCertificateFileName</key>
			<string>telltale-ca.crt</string>
			<key>PayloadContent</key>
			<data>
			${base64}
			</data>
			<key>PayloadDescription</key>
			<string>The certificate authority of one telltale on this network.</string>
			<key>PayloadDisplayName</key>
			<string>telltale test certificate</string>
			<key>PayloadIdentifier</key>
			<string>telltale.ca.${fingerprint}.root</string>
			<key>PayloadType</key>
			<string>com.apple.security.root</string>
			<key>PayloadUUID</key>
			<string>${uuidOf('certificate', der)}</string>
			<key>PayloadVersion</key>
			<integer>1</integer>
		</dict>
	</array>
	<key>PayloadDescription</key>
	<string>Lets telltale read this device's traffic during a test. Remove it when the test is over.</string>
	<key>PayloadDisplayName</key>
	<string>telltale</string>
	<key>PayloadIdentifier</key>
	<string>telltale.ca.${fingerprint}</string>
	<key>PayloadRemovalDisallowed</key>
	<false/>
	<key>PayloadType</key>
	<string>Configuration</string>
	<key>PayloadUUID</key>
	<string>${uuidOf('profile', der)}</string>
	<key>PayloadVersion</key>
	<integer>1</integer>
</dict>
</plist>
`;
}

/** A UUID of version 8 (RFC 9562 §5.8): 122 bits of a hash over the use and the certificate. */
function uuidOf(use: string, der: Uint8Array): string {
  const bytes = createHash('sha256').update(`${use}\0`).update(der).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
