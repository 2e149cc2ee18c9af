import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { ChartToPush } from '../../src/registry/package-registry.ts';

interface Wish {
  readonly version?: string;
  readonly created?: string;
  readonly note?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A small chart that Helm takes, too. */
export async function chartToPush(name: string, wish: Wish = {}): Promise<ChartToPush> {
  const { version = '1.2.4-g29aef01', created = '2024-05-06T07:08:09Z', note = 'as it is', annotations = {} } = wish;
  const config = {
    apiVersion: 'v2',
    name,
    version,
    description: `The package ${name}`,
    annotations: {
      'datakit.infoblox.dev/runtime': 'generic-node',
      'datakit.infoblox.dev/mode': 'batch',
      'datakit.infoblox.dev/inputs': 'raw-events',
      'datakit.infoblox.dev/outputs': 'lake-events,lake-users',
      'org.opencontainers.image.created': new Date(created).toISOString(),
      ...annotations,
    },
  };
  const tar = await tarOf({ [`${name}/Chart.yaml`]: JSON.stringify(config), [`${name}/note.txt`]: note });
  const contentDigest = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  return { name, version, tgz: gzipSync(tar), contentDigest, created: new Date(created), config };
}

async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name, mtime: new Date(0) }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
