import type { KubernetesObject } from '../tools/kubernetes.ts';

const prefix = 'datakit.infoblox.dev';

/** Name of the PackageDeployment that something was made for. */
export const deploymentLabel = `${prefix}/deployment`;
/** Its uid: what was made for an earlier one of that name is another's. */
export const uidLabel = `${prefix}/deployment-uid`;
/** Digest of the manifest that was applied. */
export const appliedAnnotation = `${prefix}/applied`;
/** When the content of a deployment's Secret last changed: what runs with it carries the same one. */
export const configuredAnnotation = `${prefix}/configured-at`;
/** What started a Job. */
export const triggerAnnotation = `${prefix}/trigger`;

/** Labels of everything that is made for a deployment, pods too. */
export function childLabels({ metadata }: KubernetesObject, packageName: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/managed-by': 'dk',
    [`${prefix}/package`]: packageName,
    [deploymentLabel]: metadata.name,
    [uidLabel]: metadata.uid ?? '',
  };
}
