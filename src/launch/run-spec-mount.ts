/** Where a package in a container finds its run spec; a folder of its own, which can be mounted. */
export const runSpecFolder = '/run/dk';
export const runSpecName = 'run-spec.json';
export const runSpecPath = `${runSpecFolder}/${runSpecName}`;
