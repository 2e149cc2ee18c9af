import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../../helpers/dk.ts';
import { asKnown, renderTable } from './table.ts';

test('the page on the object store has the table of this suite, as it comes out', () => {
  const page = readFileSync(join(repository, 'docs/object-store.md'), 'utf8');
  expect(page).toContain(renderTable(asKnown));
});
