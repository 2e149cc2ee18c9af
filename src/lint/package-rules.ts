import type { Rule, Subject } from './rule.ts';
import * as datasets from './rules/datasets.ts';
import * as names from './rules/names.ts';
import * as ports from './rules/ports.ts';
import * as secrets from './rules/secrets.ts';
import * as seed from './rules/seed.ts';
import * as trigger from './rules/trigger.ts';
import * as workload from './rules/workload.ts';
import { storeRules } from './store-rules.ts';

/** Every rule about a package. */
export const packageRules: readonly Rule<Subject>[] = [
  {
    id: 'dataset-or-tags',
    severity: 'error',
    checks: 'an input or output has either dataset or tags',
    why: 'with both or none it means nothing',
    find: ports.datasetOrTags,
  },
  {
    id: 'dataset-exists',
    severity: 'error',
    checks: 'a DataSet that is named is in dataset/',
    why: 'the run would not know what to read or write',
    find: ports.datasetExists,
  },
  {
    id: 'tags-match',
    severity: 'error',
    checks: 'tags match the labels of at least one DataSet',
    why: 'the input or output would be empty',
    find: ports.tagsMatch,
  },
  {
    id: 'dataset-version',
    severity: 'error',
    checks: 'a DataSet has a version that the input or output asks for',
    why: 'the code was written for another contract',
    find: ports.datasetVersion,
  },
  {
    id: 'capability',
    severity: 'error',
    checks: 'inputs are in sources, outputs in destinations',
    why: 'the connector has no plugin for the other direction',
    find: ports.capability,
  },
  {
    id: 'cell-reference',
    severity: 'error',
    checks: 'cell: on an input or output can be the name of a cell',
    why: 'no cell could ever match',
    find: ports.cellReference,
  },
  {
    id: 'dataset-store',
    severity: 'warning',
    checks: 'the Store of a DataSet is in store/',
    why: 'without --cell, dk run takes Stores from there; a cell may have it all the same',
    find: datasets.datasetStore,
  },
  {
    id: 'group-store',
    severity: 'warning',
    checks: "the members of a group are in the group's Store",
    why: 'the group says one Store, its member another',
    find: datasets.groupStore,
  },
  {
    id: 'placement',
    severity: 'error',
    checks: 'a DataSet says where in its Store it is: a table, a prefix or a topic',
    why: 'a bucket has no tables, and a database no prefixes',
    find: datasets.placement,
  },
  {
    id: 'schema-or-reference',
    severity: 'error',
    checks: 'a DataSet has schema or schemaRef, not both',
    why: 'they could differ',
    find: datasets.schemaOrReference,
  },
  {
    id: 'column-once',
    severity: 'error',
    checks: 'a column stands in a schema once',
    why: 'its two types could differ',
    find: datasets.columnsOnce,
  },
  {
    id: 'classified',
    severity: 'error',
    checks: 'a DataSet with personal data has a classification',
    why: 'who may read it depends on that',
    find: datasets.classified,
  },
  {
    id: 'seed-file',
    severity: 'error',
    checks: 'files of seeds are in the package, as CSV, JSON or NDJSON',
    why: 'dk dev seed could not load them',
    find: seed.seedFiles,
  },
  {
    id: 'seed-column',
    severity: 'error',
    checks: 'inline rows have only columns of the schema',
    why: 'the table has no others',
    find: seed.seedColumns,
  },
  {
    id: 'entry-point',
    severity: 'error',
    checks: "there is something to run: the runtime's entry point, a command or an image",
    why: 'the package could not be started',
    find: workload.entryPoint,
  },
  {
    id: 'variable-source',
    severity: 'error',
    checks: 'a variable has either value or valueFrom with one reference',
    why: 'with both or none it has no value',
    find: workload.variableSource,
  },
  {
    id: 'variable-name',
    severity: 'error',
    checks: 'a variable is set once and does not begin with DK_',
    why: 'dk sets those from the Stores and refuses two sources for one name',
    find: workload.variableNames,
  },
  {
    id: 'timeout',
    severity: 'error',
    checks: 'timeout is a duration',
    why: 'the run could not be ended in time',
    find: workload.timeout,
  },
  {
    id: 'quantities',
    severity: 'error',
    checks: 'resources are cpu, memory and ephemeral-storage as Kubernetes quantities',
    why: 'the API server would refuse the workload',
    find: workload.quantities,
  },
  {
    id: 'requests-within-limits',
    severity: 'error',
    checks: 'no request is above its limit',
    why: 'the API server would refuse the workload',
    find: workload.requestsWithinLimits,
  },
  {
    id: 'trigger',
    severity: 'error',
    checks: 'a trigger has what its policy needs and nothing else',
    why: 'a schedule that nobody follows is a surprise later',
    find: trigger.triggerConsistent,
  },
  {
    id: 'cron',
    severity: 'error',
    checks: 'cron is what a Kubernetes CronJob accepts',
    why: 'the package would never run',
    find: trigger.cron,
  },
  {
    id: 'time-zone',
    severity: 'error',
    checks: 'timezone is an IANA time zone',
    why: 'the package would never run',
    find: trigger.timeZone,
  },
  {
    id: 'version',
    severity: 'error',
    checks: 'versions are semver 2 without a leading v',
    why: 'charts and registries accept no others',
    find: names.versions,
  },
  {
    id: 'package-name',
    severity: 'error',
    checks: 'the name of a package has no two hyphens in a row',
    why: 'names that dk joins could not be split again',
    find: names.packageName,
  },
  {
    id: 'secret-in-variable',
    severity: 'warning',
    checks: 'no variable holds what looks like a secret',
    why: 'dk.yaml is committed and part of the chart',
    find: secrets.noSecretInVariables,
  },
  {
    id: 'dotenv-ignored',
    severity: 'warning',
    checks: "Git ignores the package's .env",
    why: 'it is there for secrets',
    find: secrets.dotEnvIgnored,
  },
  ...storeRules,
];
