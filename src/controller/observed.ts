import type { PackageDeployment } from '../manifest/schema/package-deployment.ts';
import type { KubernetesObject } from '../tools/kubernetes.ts';

/** A PackageDeployment as the cluster has it. */
export type WatchedDeployment = PackageDeployment & KubernetesObject;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** What is read of a Job. */
export interface ObservedJob extends KubernetesObject {
  readonly spec?: {
    readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
  };
  readonly status?: {
    /** Pods that run. */
    readonly ready?: number;
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** What is read of a CronJob. */
export interface ObservedCronJob extends KubernetesObject {
  readonly spec: object;
}

/** What is read of a Deployment. */
export interface ObservedDeployment extends KubernetesObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}
