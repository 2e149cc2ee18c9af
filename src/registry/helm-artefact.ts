import { digestOf } from './digest.ts';
import { mediaTypes } from './media-types.ts';
import type { ChartToPush } from './package-registry.ts';
import { type Blob, blobOf } from './upload.ts';

/** Annotation of a manifest: SHA-256 of the chart's uncompressed tar. */
export const contentDigestKey = 'datakit.infoblox.dev/content-digest';

/** Annotation: when the commit was made. */
export const createdKey = 'org.opencontainers.image.created';

/** A chart as the parts of an OCI artefact, in the order in which they are sent. */
export interface HelmArtefact {
  readonly tag: string;
  readonly blobs: readonly Blob[];
  readonly manifest: object;
}

/** The same chart gives the same manifest: nothing in it tells when it was pushed. */
export function helmArtefact({ name, version, tgz, contentDigest, created, config }: ChartToPush): HelmArtefact {
  const configText = Buffer.from(JSON.stringify(config));
  const blobs = { config: blobOf(digestOf(configText), configText), chart: blobOf(digestOf(tgz), tgz) };
  return {
    tag: tagOf(version),
    blobs: [blobs.config, blobs.chart],
    manifest: {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: describe(mediaTypes.helmConfig, blobs.config),
      layers: [describe(mediaTypes.helmChart, blobs.chart)],
      annotations: {
        ...stringsIn(config['annotations']),
        ...(typeof config['description'] === 'string' && {
          'org.opencontainers.image.description': config['description'],
        }),
        ...(created && { [createdKey]: created.toISOString() }),
        'org.opencontainers.image.title': name,
        'org.opencontainers.image.version': version,
        [contentDigestKey]: contentDigest,
      },
    },
  };
}

/** `+` may not stand in a tag; Helm, too, writes `_` for it. */
export function tagOf(version: string): string {
  return version.replaceAll('+', '_');
}

export function versionOfTag(tag: string): string {
  return tag.replaceAll('_', '+');
}

/** A blob as a manifest names it. */
export function describe(mediaType: string, { digest, size }: Blob) {
  return { mediaType, digest, size };
}

function stringsIn(annotations: unknown): Readonly<Record<string, string>> {
  if (typeof annotations !== 'object' || annotations === null) return {};
  return Object.fromEntries(Object.entries(annotations).filter(([, value]) => typeof value === 'string'));
}
