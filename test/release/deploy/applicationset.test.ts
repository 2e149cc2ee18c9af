import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openRepo } from '../../../src/release/deploy/repo.ts';
import { createTestContext } from '../../helpers/context.ts';
import { repository } from '../../helpers/dk.ts';
import { temporaryFolder } from '../../lint/temporary.ts';
import { chartOf } from '../../package/chart/charts.ts';

interface ApplicationSet {
  readonly spec: {
    readonly goTemplate: boolean;
    readonly generators: readonly [{ readonly git: { repoURL: string; files: readonly [{ path: string }] } }];
    readonly template: unknown;
  };
}

const set = parse(
  readFileSync(join(repository, 'infra-manifests/argocd/applicationset.yaml'), 'utf8'),
) as ApplicationSet;

/** Fields of ArgoCD's manifests/crds/applicationset-crd.yaml (3.6) that the file may use; a star is any name, `[]` any item. */
const published: readonly string[] = [
  ...['apiVersion', 'kind', 'metadata.name', 'metadata.namespace', 'spec.goTemplate', 'spec.goTemplateOptions.[]'],
  ...['repoURL', 'revision', 'files.[].path', 'files.[].exclude'].map((field) => `spec.generators.[].git.${field}`),
  ...['name', 'labels.*', 'annotations.*'].map((field) => `spec.template.metadata.${field}`),
  ...['project', 'destination.server', 'destination.name', 'destination.namespace'].map(
    (field) => `spec.template.spec.${field}`,
  ),
  ...['repoURL', 'chart', 'path', 'targetRevision', 'ref', 'helm.releaseName', 'helm.valueFiles.[]'].map(
    (field) => `spec.template.spec.sources.[].${field}`,
  ),
  ...['automated.prune', 'automated.selfHeal', 'syncOptions.[]'].map(
    (field) => `spec.template.spec.syncPolicy.${field}`,
  ),
];
const required = ['spec.generators.[].git.repoURL', 'spec.generators.[].git.revision', 'spec.template.spec.project'];

function leaves(value: unknown, path: readonly string[] = []): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, [...path, '[]']));
  if (typeof value !== 'object' || value === null) return [path.join('.')];
  const starred = ['labels', 'annotations'].includes(path.at(-1) ?? '');
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, starred ? '*' : key]));
}

/** The git files generator: the content of each file, and its path. */
function generate(root: string): readonly Record<string, unknown>[] {
  const [{ git }] = set.spec.generators;
  expect(git.files).toEqual([{ path: 'apps/*/values.yaml' }]);
  return readdirSync(join(root, 'apps')).map((folder) => {
    const path = `apps/${folder}`;
    const content = parse(readFileSync(join(root, path, 'values.yaml'), 'utf8')) as object;
    return { ...content, path: { path, basename: basename(path), segments: path.split('/') } };
  });
}

/** Go's template, as far as fields go; what is missing is an error. */
function render(template: unknown, params: Record<string, unknown>): unknown {
  const text = JSON.stringify(template).replaceAll(/\{\{([^}]*)\}\}/g, (_, action: string) => {
    const names = /^ ((?:\.\w+)+) $/.exec(action)?.[1]?.slice(1).split('.');
    if (!names) throw new Error(`the test does not know {{${action}}}`);
    const value = names.reduce<unknown>(
      (whole, name) => (whole as Record<string, unknown> | undefined)?.[name],
      params,
    );
    if (value === undefined) throw new Error(`map has no entry for key "${names.join('.')}"`);
    return JSON.stringify(String(value)).slice(1, -1);
  });
  return JSON.parse(text);
}

async function repoWith(deployments: readonly { readonly cell: string; readonly version: string }[]): Promise<string> {
  const folder = await temporaryFolder({});
  const repo = openRepo(createTestContext({ cwd: folder }).context, folder);
  for (const { cell, version } of deployments) {
    const release = { chart: await chartOf('good-node', { version }), registry: 'registry.example.com/team' };
    await repo.put({ release, cell, overrides: { timeout: '5m' } }, { dryRun: false });
  }
  return folder;
}

describe('the ApplicationSet for a CM repo', () => {
  it("has only fields of ArgoCD's published schema, and those that it demands", () => {
    const used = leaves(set);
    expect(used.filter((field) => !published.includes(field))).toEqual([]);
    expect(required.filter((field) => !used.includes(field))).toEqual([]);
    expect(set.spec.goTemplate).toBe(true);
  });

  it('makes one Application of each deployment that dk wrote: its chart, its values, its namespace', async () => {
    const folder = await repoWith([
      { cell: 'canary', version: '1.3.0-g0000002' },
      { cell: 'stable', version: '1.2.4-g29aef01' },
    ]);
    const applications = generate(folder).map((params) => render(set.spec.template, params));
    expect(applications).toMatchObject([
      {
        metadata: { name: 'good-node-canary' },
        spec: {
          destination: { namespace: 'dk-canary' },
          sources: [
            {
              repoURL: 'registry.example.com/team',
              chart: 'good-node',
              targetRevision: '1.3.0-g0000002',
              helm: { releaseName: 'good-node', valueFiles: ['$values/apps/good-node-canary/values.yaml'] },
            },
            { ref: 'values' },
          ],
        },
      },
      {
        metadata: { name: 'good-node-stable' },
        spec: { destination: { namespace: 'dk-stable' }, sources: [{ targetRevision: '1.2.4-g29aef01' }, {}] },
      },
    ]);
  });

  it('takes the values from the repo that it looks for deployments in', () => {
    const text = JSON.stringify(set.spec.template);
    expect(text).toContain(JSON.stringify({ repoURL: set.spec.generators[0].git.repoURL }).slice(1, -1));
  });

  it('stops at a folder that names no package, instead of deploying something else', async () => {
    const folder = await temporaryFolder({ 'apps/pg-to-s3-canary/values.yaml': 'cell: canary\n' });
    expect(() => generate(folder).map((params) => render(set.spec.template, params))).toThrow('package');
  });
});
