const prefix = 'datakit.infoblox.dev';

/** Labels of what is made for one run. */
export function runLabels(run: string, packageName: string) {
  return {
    'app.kubernetes.io/managed-by': 'dk',
    [`${prefix}/run`]: run,
    [`${prefix}/package`]: packageName,
  };
}
