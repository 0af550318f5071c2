import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { operatorError } from '../model/errors.ts';
import { type JsonFile, packagedFolder, readJsonFile } from './folder.ts';

/** The schemas of signatures/schema/, compiled on first use. A user's folder is held against the same ones. */
export class Schemas {
  private readonly ajv = new Ajv({ allErrors: false, strict: true, verbose: true });
  private readonly compiled = new Map<string, ValidateFunction | null>();

  /**
   * Holds a file against a schema; does nothing when no schema of that name ships.
   * @throws TelltaleError `signature-invalid` with the first place that does not fit.
   */
  check(name: 'data-types' | 'sdk' | 'rules' | 'codec', file: JsonFile): void {
    const validate = this.compile(name);
    if (validate === null || validate(file.value)) return;
    const error = validate.errors?.[0] as ErrorObject;
    throw operatorError('signature-invalid', {
      path: file.path,
      place: error.instancePath === '' ? 'whole file' : error.instancePath,
      expected: expectation(error),
    });
  }

  private compile(name: string): ValidateFunction | null {
    const known = this.compiled.get(name);
    if (known !== undefined) return known;
    const schema = readJsonFile(join(packagedFolder(), 'schema', `${name}.schema.json`));
    const validate = schema === null ? null : this.ajv.compile(schema.value as object);
    this.compiled.set(name, validate);
    return validate;
  }
}

/** The schema's complaint with the fact that names the culprit, which ajv keeps apart from the sentence. */
function expectation(error: ErrorObject): string {
  // A pattern says little to people; what it stands for is written beside it.
  const described = (error.parentSchema as { description?: string } | undefined)?.description;
  if (error.keyword === 'pattern' && described !== undefined)
    return `${described} expected, not ${JSON.stringify(String(error.data).slice(0, 80))}`;
  const facts = error.params as Record<string, unknown>;
  const culprit =
    facts['additionalProperty'] ?? facts['allowedValues'] ?? facts['propertyName'] ?? facts['allowedValue'] ?? null;
  return `${error.message ?? 'invalid'}${culprit === null ? '' : ` (${[culprit].flat().join(', ')})`}`;
}
