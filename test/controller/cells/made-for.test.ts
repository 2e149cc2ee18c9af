import { describe, expect, it } from 'vitest';
import { namespaceOf } from '../../../src/cells/kubernetes-namespace.ts';
import { isLeftOver, madeFor } from '../../../src/controller/cells/made-for.ts';
import { cellOf } from '../../cells/manifests.ts';

const cell = { ...cellOf('canary'), metadata: { name: 'canary', uid: 'one' } };
const made = madeFor(cell, namespaceOf(cell));

describe('a namespace is left over', () => {
  it('when the controller made it, and the Cell that it was made for is gone', () => {
    expect(isLeftOver(made, [cell])).toBe(false);
    expect(isLeftOver(made, [])).toBe(true);
  });

  it('not when it was there before, or dk made it at the command line', () => {
    expect(isLeftOver({ ...made, metadata: { name: 'dk-canary' } }, [])).toBe(false);
    expect(isLeftOver(namespaceOf(cell), [])).toBe(false);
  });

  it('not when somebody has taken the mark of dk away', () => {
    const { 'app.kubernetes.io/managed-by': _, ...labels } = made.metadata.labels ?? {};
    expect(isLeftOver({ ...made, metadata: { ...made.metadata, labels } }, [])).toBe(false);
  });

  it('not when a Cell that was made anew, or any other, uses it', () => {
    const anew = { ...cell, metadata: { name: 'canary', uid: 'two' } };
    const other = { ...cellOf('other', { spec: { namespace: 'dk-canary' } }), metadata: { name: 'other', uid: 'x' } };
    expect(isLeftOver(made, [anew])).toBe(false);
    expect(isLeftOver(made, [other])).toBe(false);
    const elsewhere = { ...anew, spec: { namespace: 'elsewhere' } };
    expect(isLeftOver(made, [elsewhere])).toBe(true);
  });

  it('not twice: one that is being deleted is on its way', () => {
    const metadata = { ...made.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(isLeftOver({ ...made, metadata }, [])).toBe(false);
  });
});
