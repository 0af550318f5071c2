import { type Command, InvalidArgumentError, Option } from 'commander';

/** The flags that say how phones come in and how connections go out. */
export interface InterceptFlags {
  readonly passthrough: readonly string[];
  readonly onRefusal: 'pass' | 'block';
  readonly refusalsMax: number;
  readonly auth: readonly string[];
  readonly userDevice: readonly string[];
  readonly devicePort: readonly string[];
  readonly transparent: readonly string[];
  readonly upstream?: string;
  readonly clientCert: readonly string[];
  readonly clientCertPassword: readonly string[];
  readonly oldTls: boolean;
}

export function addInterceptOptions(command: Command): Command {
  return command
    .option('--passthrough <HOST...>', 'hosts whose TLS passes unread: names, or *.example.com for all below one', [])
    .addOption(
      new Option('--on-refusal <WHAT>', 'what becomes of a host that refuses our certificate, as pinning apps do')
        .choices(['pass', 'block'])
        .default('pass'),
    )
    .addOption(
      new Option('--refusals-max <NUMBER>', 'refusals of one phone and host after which its TLS passes unread')
        .argParser(wholeNumber)
        .default(2),
    )
    .option('--auth <USER:PASSWORD...>', 'ask phones for a user and a password (HTTP and SOCKS5)', [])
    .option('--user-device <USER=FILE...>', 'the device profile of a user of --auth', [])
    .option('--device-port <PORT=FILE...>', 'listen on another port, for the device of this profile', [])
    .option('--transparent <PORT...>', 'listen for connections that a gateway redirects from ports 80 and 443', [])
    .option(
      '--upstream <URL>',
      'reach servers through a proxy: http://HOST:PORT or socks5://HOST:PORT; none ignores HTTPS_PROXY and its like',
    )
    .option('--client-cert <HOST=FILE...>', 'certificate (PKCS #12) to show a server that asks for one', [])
    .option('--client-cert-password <TEXT...>', 'passwords of those files; each file takes the first that opens it', [])
    .option('--old-tls', 'let servers speak TLS 1.0 and 1.1', false);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}
