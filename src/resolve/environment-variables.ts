import { Failure } from '../failure.ts';
import type { Transform } from '../manifest/schema/transform.ts';
import type { Where } from './resolve.ts';

type Variables = NonNullable<Transform['spec']['env']>;

/** The transform's own `env`, with `valueFrom` read from the cell's Secrets; without a cell from the caller's environment. */
export async function transformVariables(env: Variables, cell: string | undefined, where: Where) {
  const resolved = await Promise.all(
    env.map(async (variable) => {
      const { name, value, valueFrom } = variable;
      if (valueFrom?.configMapKeyRef && !valueFrom.configMapKeyRef.optional) throw noConfigMaps(name);
      if (!valueFrom?.secretKeyRef) return { name, value, secret: false };
      return { name, value: await secretValue(name, valueFrom.secretKeyRef, cell, where), secret: true };
    }),
  );
  const present = resolved.flatMap(({ name, value, secret }) => (value === undefined ? [] : [{ name, value, secret }]));
  return {
    variables: Object.fromEntries(present.map(({ name, value }) => [name, value])),
    secretValues: present.filter(({ secret }) => secret).map(({ value }) => value),
  };
}

async function secretValue(
  variable: string,
  reference: { readonly name: string; readonly key: string; readonly optional?: boolean },
  cell: string | undefined,
  where: Where,
): Promise<string | undefined> {
  const { name, key, optional } = reference;
  const value =
    cell === undefined
      ? (where.keys.env[key] ?? where.keys.dotEnv[key] ?? (await where.keys.local?.secrets.read('local', name))?.[key])
      : (await (await where.cells()).secrets.read(cell, name))?.[key];
  if (value !== undefined || optional) return value;
  throw new Failure('notFound', {
    what: `The variable ${variable} needs key ${key} of Secret ${name}, which does not exist`,
    why: cell === undefined ? 'Looked at the environment, .env and cell local' : `Looked at cell ${cell}`,
    next: cell === undefined ? `Set ${key} in the package's .env` : `dk cell secret set ${name} ${key} --cell ${cell}`,
  });
}

function noConfigMaps(variable: string): Failure {
  return new Failure('prerequisite', {
    what: `The variable ${variable} comes from a ConfigMap`,
    why: 'ConfigMaps exist only in clusters',
    next: `Give the value directly: dk run -e ${variable}=…`,
  });
}
