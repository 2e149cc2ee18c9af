import { gunzipSync } from 'node:zlib';
import { Failure } from '../failure.ts';
import type { RegistryClient } from './client.ts';
import { digestOf } from './digest.ts';
import { helmArtefact } from './helm-artefact.ts';
import { putManifest, readManifest } from './manifests.ts';
import type { ChartToPush, PackageRegistry } from './package-registry.ts';
import { type Found, readChartOf, versionIn } from './published-version.ts';
import { pushBlob } from './upload.ts';

/** Pushes a chart unless it is there; the tag comes last, so that a push which breaks off leaves no version behind. */
export async function pushChart(
  client: RegistryClient,
  repository: string,
  chart: ChartToPush,
): ReturnType<PackageRegistry['push']> {
  const { tag, blobs, manifest } = helmArtefact(chart);
  const there = await readManifest(client, repository, tag);
  if (there) {
    const existing = await versionIn(client, repository, chart.version, there);
    if (!existing) throw noChart(client, chart);
    const content = existing.version.contentDigest ?? (await contentOf(client, repository, existing));
    if (content !== chart.contentDigest) throw otherContent(client, chart, content);
    return { digest: existing.version.digest, outcome: 'unchanged' };
  }
  for (const blob of blobs) await pushBlob(client, repository, blob);
  return { digest: await putManifest(client, repository, tag, manifest), outcome: 'pushed' };
}

/** Helm pushes a chart without saying what is in it. */
async function contentOf(client: RegistryClient, repository: string, found: Found): Promise<string> {
  return digestOf(gunzipSync(await readChartOf(client, repository, found), { maxOutputLength: 256 * 1024 * 1024 }));
}

function otherContent({ address: { host } }: RegistryClient, chart: ChartToPush, there: string): Failure {
  const { name, version, contentDigest } = chart;
  return new Failure('conflict', {
    what: `${name} ${version} is in the registry ${host} with another content`,
    why: [`there: ${there}`, `here:  ${contentDigest}`, 'A version that is published never changes'],
    next: ['Commit the change, or raise metadata.version in dk.yaml, and publish that: dk publish'],
  });
}

function noChart({ address: { host } }: RegistryClient, { name, version }: ChartToPush): Failure {
  return new Failure('conflict', {
    what: `In the registry ${host}, the tag ${version} of ${name} is no chart`,
    why: 'Something else was pushed under it, which dk does not replace',
    next: ['Publish to another namespace: dk publish --registry HOST/NAMESPACE'],
  });
}
