import { Command, Option } from 'commander';
import type { ScannedFile } from '../audit/scan-files.ts';
import { type Detection, maskValue } from '../model/finding.ts';
import { DEFAULT_LIMITS } from '../model/limits.ts';
import { printable, table } from './terminal.ts';

interface ScanFlags {
  readonly device: string;
  readonly app?: string;
  readonly forms?: true;
  readonly signatures?: string;
  readonly format: 'table' | 'json';
}

/** `telltale scan`: looks for a device's identifiers in any files. */
export function scanCommand(): Command {
  return new Command('scan')
    .description("look for a device's identifiers in any files, however they are encoded there")
    .argument('<FILE...>', 'files of any kind and size')
    .requiredOption('--device <FILE>', "the device's profile")
    .option('--app <ID>', 'the app whose own values of the profile count too')
    .option('--signatures <DIR>', 'a folder of your own, whose data types count too')
    .option('--forms', 'also tell what only its form and name give away (device model, other ids, lists of apps)')
    .addOption(
      new Option('--format <FORMAT>', 'how to print what was found').choices(['table', 'json']).default('table'),
    )
    .addHelpText(
      'after',
      `
What could not be looked into (damaged or unknown codings, limits) is said on stderr.

Example:
  telltale scan body.bin logs/*.txt --device pixel.json --format json`,
    )
    .action(async (files: string[], flags: ScanFlags) => {
      const { scanFiles } = await import('../audit/scan-files.ts');
      const options = {
        device: flags.device,
        app: flags.app ?? null,
        forms: flags.forms === true,
        limits: DEFAULT_LIMITS,
        signatureFolder: flags.signatures ?? null,
      };
      const warn = (sentence: string) => process.stderr.write(`telltale: ${printable(sentence)}\n`);
      const scanned: ScannedFile[] = [];
      for (const result of scanFiles(files, options, warn)) {
        scanned.push(result);
        for (const { kind, at, detail } of result.gaps) {
          warn(
            [`${result.file}: ${kind}`, at.join(' > '), detail]
              .filter((part) => part !== '' && part !== null)
              .join(': '),
          );
        }
      }
      process.stdout.write(flags.format === 'json' ? asJson(scanned) : asTable(scanned));
    });
}

function asJson(scanned: readonly ScannedFile[]): string {
  const findings = scanned.flatMap(({ file, detections }) =>
    detections.map((detection) => ({
      file,
      place: detection.place,
      field: detection.field,
      decode_chain: detection.decodeChain,
      offset: detection.offset,
      length: detection.length,
      data_type: detection.dataType,
      transform: detection.transform,
      match: detection.match,
      value_masked: maskValue(detection.value),
    })),
  );
  return `${JSON.stringify(findings, null, 1)}\n`;
}

function asTable(scanned: readonly ScannedFile[]): string {
  const rows = scanned.flatMap(({ file, detections }) => detections.map((detection) => rowOf(file, detection)));
  if (rows.length === 0) return 'No identifiers found.\n';
  return `${table(['file', 'data type', 'transform', 'value', 'where', 'offset'], rows)}\n`;
}

function rowOf(file: string, { dataType, transform, value, decodeChain, offset }: Detection): string[] {
  return [file, dataType, transform, maskValue(value), decodeChain.join(' > '), String(offset)].map(printable);
}
