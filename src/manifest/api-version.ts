/** The group and version of every kind of ours. */
export const apiVersion = 'datakit.infoblox.dev/v1alpha1';
