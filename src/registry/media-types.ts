/** Media types, as OCI and Helm define them. */
export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  helmConfig: 'application/vnd.cncf.helm.config.v1+json',
  helmChart: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  imageConfig: 'application/vnd.oci.image.config.v1+json',
  imageLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  imageLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const;

/** What a tag may lead to; a registry that is asked for too little says that there is nothing. */
export const anyManifest = [
  mediaTypes.manifest,
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');
