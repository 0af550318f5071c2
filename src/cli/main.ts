#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { TelltaleError, unwritableFile } from '../model/errors.ts';
import { COMMANDS } from './commands.ts';
import { version } from './version.ts';

/** Exit codes that scripts rely on. */
const EXIT = { fine: 0, condition: 1, usage: 2, defect: 70 } as const;

const program = new Command('telltale')
  .description('Sees what an app and its SDKs send, and holds it against what its privacy policy says.')
  .version(version())
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(usageLine(text)) });

// A reader that went away (`| head`) ends the writing, not the program with a stack. A result that could not be written whole is not fine.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || cutOff) return;
  cutOff = true;
  report(unwritableFile('standard output', error));
});
let cutOff = false;
process.on('exit', () => {
  if (cutOff) process.exitCode = EXIT.usage;
});
// Nor does anything that becomes of what is said beside the result: a full disk or a lost terminal must not end a capture.
process.stderr.on('error', () => {});

for (const command of COMMANDS) program.addCommand(settle(command()));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Subcommands inherit the way errors are shown and thrown. */
function settle(command: Command): Command {
  command.copyInheritedSettings(program);
  for (const inner of command.commands) settle(inner);
  return command;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  if (error instanceof TelltaleError) {
    process.stderr.write(`telltale: ${error.message}\n`);
    return EXIT.usage;
  }
  process.stderr.write(
    `telltale: a defect of ours: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return EXIT.defect;
}

/** What commander says of wrong usage, on one line. */
function usageLine(text: string): string {
  return `${text
    .trim()
    .replace(/^error: /, 'telltale: ')
    .replaceAll('\n', ' ')} (add --help for the options)\n`;
}
