import type { Rule } from './rule.ts';
import * as apps from './rules/apps.ts';

/** Every rule about a folder of a CM repo, `apps/<package>-<cell>`. */
export const appRules: readonly Rule<apps.JudgedApp>[] = [
  {
    id: 'app-version',
    severity: 'error',
    checks: 'version.txt holds one version',
    why: 'it says which chart is deployed',
    find: apps.version,
  },
  {
    id: 'app-cell',
    severity: 'error',
    checks: 'values.yaml names the cell',
    why: 'without it the chart cannot be rendered',
    find: apps.cell,
  },
  {
    id: 'app-package',
    severity: 'error',
    checks: "values.yaml has the package's name, registry and version",
    why: 'ArgoCD reads the chart to pull from there: it cannot read version.txt, nor split the name of the folder',
    find: apps.reference,
  },
  {
    id: 'app-versions-agree',
    severity: 'error',
    checks: 'version.txt and values.yaml say the same version',
    why: 'people read the one, and ArgoCD deploys the other',
    find: apps.versionsAgree,
  },
  {
    id: 'app-folder',
    severity: 'error',
    checks: 'the folder is named <package>-<cell>',
    why: 'it is how people and dk find the deployment, and there can be only one',
    find: apps.folder,
  },
  {
    id: 'app-schedule',
    severity: 'error',
    checks: 'schedule and time zone can be understood by Kubernetes',
    why: 'the chart is rendered whatever they are, and then nothing ever runs',
    find: apps.schedule,
  },
  {
    id: 'app-timeout',
    severity: 'error',
    checks: 'a timeout is a duration',
    why: 'the chart is rendered whatever it is, and then refused by the controller',
    find: apps.timeout,
  },
  {
    id: 'app-cell-unknown',
    severity: 'warning',
    checks: 'the cell is one of those in cells/, where there are any',
    why: 'a package that is deployed to a cell which is not there waits for it without end',
    find: apps.cellUnknown,
  },
];
