import { readFileSync, statSync } from 'node:fs';
import { buildSdkNames, type SdkNames } from '../attribute/sdk-names.ts';
import { POLICY_BYTES_MAX, readPolicy } from '../declare/read-policy.ts';
import type { Declaration, SdkStatement } from '../model/declaration.ts';
import { operatorError, unreadableFile } from '../model/errors.ts';
import { loadSignatureData, type SignatureData } from '../signatures/load.ts';

/**
 * Reads a policy file, `-` for stdin, and says of each SDK in it which signature it is, where that is certain.
 *
 * @throws TelltaleError for a file that cannot be read, is too large, is binary, or is no policy.
 */
export function readPolicyFile(path: string, signatureData: SignatureData): Declaration {
  const name = path === '-' ? 'standard input' : path;
  const declaration = readPolicy(bytesOf(path, name), { name, taxonomy: signatureData.taxonomy });
  const names = buildSdkNames(signatureData.signatures);
  const sdks = declaration.sdks.map((sdk) => ({ ...sdk, signature: signatureOf(sdk, names) }));
  return { ...declaration, sdks };
}

/** The name says which SDK it is; a package name beside it does where the name is nobody's (数据统计SDK). */
function signatureOf({ name, vendor, package: packageName = null }: SdkStatement, names: SdkNames): string | null {
  const found = names.match(name, vendor) ?? (packageName === null ? null : names.match(packageName, null));
  return found?.id ?? null;
}

/** What `telltale policy extract` prints: the policy read with the signatures at hand. */
export function extractPolicy(path: string, options: { readonly extraFolder: string | null }): Declaration {
  return readPolicyFile(path, loadSignatureData(options));
}

/** Large files are refused before they are read. */
function bytesOf(path: string, name: string): Uint8Array {
  try {
    const size = path === '-' ? 0 : statSync(path).size;
    if (size > POLICY_BYTES_MAX) {
      throw operatorError('input-invalid', {
        path: name,
        place: 'whole file',
        expected: `a policy of at most ${POLICY_BYTES_MAX / 1024 / 1024} MiB expected, this file has ${Math.ceil(size / 1024 / 1024)} MiB`,
      });
    }
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.name !== 'TelltaleError') {
      throw unreadableFile(name, error);
    }
    throw error;
  }
}
