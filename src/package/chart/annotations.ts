/** Names of the annotations of Chart.yaml, which an artefact's config repeats in the registry; values are strings. */
export const chartAnnotations = {
  runtime: 'datakit.infoblox.dev/runtime',
  mode: 'datakit.infoblox.dev/mode',
  /** Names of data sets, with commas between them. */
  inputs: 'datakit.infoblox.dev/inputs',
  outputs: 'datakit.infoblox.dev/outputs',
  /** The schedule of dk.yaml as JSON, for values that override a part of it; absent where there is none. */
  schedule: 'datakit.infoblox.dev/schedule',
  /** When the commit was made, and which it was; both absent without one. */
  created: 'org.opencontainers.image.created',
  revision: 'org.opencontainers.image.revision',
} as const;
