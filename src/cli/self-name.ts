/** How the operator calls telltale here: from a checkout through npm, or as an installed command. */
export function selfName(environment: NodeJS.ProcessEnv): string {
  return environment['npm_lifecycle_event'] === undefined ? 'telltale' : 'npm run --silent telltale --';
}
