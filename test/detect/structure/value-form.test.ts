import { expect, it } from 'vitest';
import { VALUE_FORMS } from '../../../src/detect/structure/value-form.ts';
import { loadTaxonomy } from '../../../src/signatures/data-types.ts';

it.each(Object.keys(VALUE_FORMS))('the form of %s belongs to a data type whose fields have names', (dataType) => {
  const type = loadTaxonomy({ extraFolder: null }).get(dataType);
  expect(type?.keyNames.length).toBeGreaterThan(0);
  expect(VALUE_FORMS[dataType]?.fits('', '')).toBe(false);
});
