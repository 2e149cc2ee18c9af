/** Annotation of a PackageDeployment: whenever its value changes, the controller starts one run. */
export const runRequestedAnnotation = 'datakit.infoblox.dev/run-requested-at';
