import { Command, Option } from 'commander';

/** As in `CERTIFICATE_FORMATS` of the audit, which the help must not load. */
const FORMATS = ['pem', 'der', 'android', 'mobileconfig'] as const;

/** `telltale ca init|export`: the certificate authority that the phone is told to trust. */
export function caCommand(): Command {
  return new Command('ca')
    .description('the certificate authority that the phone is told to trust')
    .addCommand(initCommand())
    .addCommand(exportCommand());
}

function initCommand(): Command {
  return new Command('init')
    .description('make the authority unless there is one, and print the path of its certificate')
    .addOption(folderOption())
    .addHelpText('after', '\nExample:\n  telltale ca init --ca-dir certs')
    .action(async ({ caDir }: { caDir: string }) => {
      const { initAuthority } = await import('../audit/authority.ts');
      const { created, path, fingerprint } = initAuthority(caDir);
      process.stdout.write(`${path}\n`);
      process.stderr.write(
        `${created ? 'Made a new certificate authority' : 'The certificate authority was there already'}; SHA-256 ${fingerprint}\n` +
          'Its key stays in the same folder: whoever has it can read the traffic of every phone that trusts the certificate.\n',
      );
    });
}

function exportCommand(): Command {
  return new Command('export')
    .description('print the certificate to stdout, in the form a system wants')
    .addOption(new Option('--format <FORMAT>', 'form of the certificate').choices(FORMATS).default('pem'))
    .addOption(folderOption())
    .addHelpText(
      'after',
      `
Forms:
  pem           text; curl --cacert, OpenSSL, most programs
  der           bytes; the installers of Android and HarmonyOS (save as .crt)
  android       for Android's system store (save as <subject_hash_old>.0)
  mobileconfig  profile for iPhone and iPad

Example:
  telltale ca export --format mobileconfig > telltale.mobileconfig`,
    )
    .action(async ({ caDir, format }: { caDir: string; format: (typeof FORMATS)[number] }) => {
      const { exportCertificate } = await import('../audit/authority.ts');
      process.stdout.write(exportCertificate(caDir, format));
    });
}

function folderOption(): Option {
  return new Option('--ca-dir <DIR>', 'folder of ca.pem and ca.key').default('certs');
}
