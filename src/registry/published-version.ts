import type { RegistryClient } from './client.ts';
import { RegistryFault } from './fault.ts';
import { contentDigestKey, createdKey, tagOf } from './helm-artefact.ts';
import { type Descriptor, type Manifest, readBlob, readManifest, type Tagged } from './manifests.ts';
import { mediaTypes } from './media-types.ts';
import type { PublishedVersion } from './package-registry.ts';
import { parseJson } from './pages.ts';

/** A version with the descriptor of its chart's layer. */
export interface Found {
  readonly version: PublishedVersion;
  readonly layer: Descriptor;
}

/** Bytes: manifests of a package have at most a hundredth of it. */
const largestChart = 32 * 1024 * 1024;

/** Chart.yaml, as the config of a Helm artefact has it. */
interface ChartConfig {
  readonly version?: string;
  readonly description?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The chart under a version's tag; undefined where there is none, or something that is no chart. */
export async function findVersion(
  client: RegistryClient,
  repository: string,
  version: string,
): Promise<Found | undefined> {
  const tagged = await readManifest(client, repository, tagOf(version));
  return tagged && versionIn(client, repository, version, tagged);
}

/** The same of a manifest that is read already. */
export async function versionIn(
  client: RegistryClient,
  repository: string,
  version: string,
  { digest, manifest }: Tagged,
): Promise<Found | undefined> {
  const layer = chartLayerOf(manifest);
  if (!layer) return undefined;
  const { config, annotations } = await describe(client, repository, manifest);
  return {
    layer,
    version: {
      version: config.version ?? annotations['org.opencontainers.image.version'] ?? version,
      digest,
      contentDigest: annotations[contentDigestKey],
      created: dateOf(config.annotations?.[createdKey] ?? annotations[createdKey]),
      description: config.description ?? annotations['org.opencontainers.image.description'],
      annotations: config.annotations ?? annotations,
    },
  };
}

/** The bytes of a version's chart. */
export async function readChartOf(client: RegistryClient, repository: string, { layer }: Found): Promise<Buffer> {
  if (layer.size > largestChart) throw new RegistryFault('corrupt', `a chart of ${layer.size} bytes`);
  return readBlob(client, repository, layer);
}

/** What dk pushed says all in its manifest; what Helm pushed, in its config. */
async function describe(client: RegistryClient, repository: string, { config, annotations = {} }: Manifest) {
  if (annotations[contentDigestKey] !== undefined || !config) return { config: {} as ChartConfig, annotations };
  const text = await readBlob(client, repository, config);
  return { config: parseJson(text.toString('utf8')) as ChartConfig, annotations };
}

function chartLayerOf({ config, layers = [] }: Manifest): Descriptor | undefined {
  if (config?.mediaType !== mediaTypes.helmConfig) return undefined;
  return layers.find(({ mediaType }) => mediaType === mediaTypes.helmChart);
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
