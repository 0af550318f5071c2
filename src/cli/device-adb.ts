import { Command } from 'commander';
import { onStopRequest } from './stop-signals.ts';

interface Flags {
  readonly serial?: string;
}

/** `telltale device adb`: what can be set on an Android phone by cable. */
export function adbCommand(): Command {
  return new Command('adb')
    .description('set up an Android phone by adb (Android platform tools)')
    .addCommand(proxyCommand())
    .addCommand(restoreCommand())
    .addCommand(trustCommand());
}

function proxyCommand(): Command {
  return withSerial(new Command('proxy'))
    .description('point the phone at a proxy until Ctrl-C, then put back what was set before')
    .argument('<HOST:PORT>', 'address that telltale proxy printed')
    .addHelpText('after', '\nExample:\n  telltale device adb proxy 192.168.1.5:8080')
    .action(async (address: string, { serial }: Flags) => {
      const { checkedAddress, proxyPhone } = await import('../audit/android-phone.ts');
      const checked = checkedAddress(address);
      const stopped = new Promise<void>((resolve) => onStopRequest(resolve, () => undefined));
      const restore = proxyPhone(serial ?? null, checked);
      process.stdout.write(`the phone's proxy is ${checked} until this ends\n`);
      // Waiting for a signal alone does not keep a process alive.
      const waiting = setInterval(() => undefined, 60_000);
      await stopped;
      clearInterval(waiting);
      restore();
      process.stderr.write("The phone's proxy is as before.\n");
    });
}

function restoreCommand(): Command {
  return withSerial(new Command('restore'))
    .description("take the phone's proxy away, should an earlier run have left it")
    .addHelpText('after', '\nExample:\n  telltale device adb restore')
    .action(async ({ serial }: Flags) => {
      const { restorePhone } = await import('../audit/android-phone.ts');
      restorePhone(serial ?? null);
    });
}

function trustCommand(): Command {
  return withSerial(new Command('trust'))
    .description('put the certificate into the system store of a rooted phone or emulator, until it restarts')
    .option('--ca-dir <DIR>', 'folder of ca.pem and ca.key', 'certs')
    .addHelpText('after', '\nExample:\n  telltale device adb trust --ca-dir certs')
    .action(async ({ serial, caDir }: Flags & { readonly caDir: string }) => {
      const { trustOnPhone } = await import('../audit/android-phone.ts');
      process.stdout.write(`${trustOnPhone(serial ?? null, caDir)}\n`);
    });
}

function withSerial(command: Command): Command {
  return command.option('--serial <ID>', 'which phone, as `adb devices` lists it, when several are connected');
}
