import { cell, cells, environment, follow, jsonEvents, output, waitLock, yes } from '../flags.ts';
import { type CommandSpec, choice, option } from '../program.ts';

/** Every command of `dk dev`. */
export const devCommands: readonly CommandSpec[] = [
  {
    name: 'dev up',
    what: 'Make a local environment, or put right what has drifted',
    example: 'dev up --cell canary',
    options: [
      cells,
      environment,
      choice('--engine <engine>', 'what it is made of', ['k3d', 'embedded']),
      option('--dry-run', 'print what would be done, and why', false),
      option('--no-merge', 'leave your kubeconfig alone (k3d)', true),
      jsonEvents,
      waitLock,
      output,
    ],
    run: async (c, f) => (await import('./up.ts')).devUp(c, f),
  },
  {
    name: 'dev down',
    what: 'Stop the environment and keep its data, or remove it',
    example: 'dev down --delete',
    options: [
      option('--delete', 'remove everything that `dev up` made, or just the cells named', false),
      cells,
      yes,
      environment,
      jsonEvents,
      waitLock,
    ],
    run: async (c, f) => (await import('./down.ts')).devDown(c, f),
  },
  {
    name: 'dev status',
    what: 'Servers, cells and whether every Store can be reached',
    example: 'dev status -o json',
    options: [environment, output],
    run: async (c, f) => (await import('./status.ts')).devStatus(c, f),
  },
  {
    name: 'dev logs [service]',
    what: 'What the servers of the environment wrote: postgres, object-store, or both',
    example: 'dev logs postgres -f',
    options: [environment, follow],
    run: async (c, f, [service]) => (await import('./logs.ts')).devLogs(c, { service, ...f }),
  },
  {
    name: 'dev kubeconfig',
    what: 'The kubeconfig of the environment (k3d), for kubectl and other programs',
    example: 'dev kubeconfig > kubeconfig.yaml',
    options: [environment, option('--path', 'print where it is instead', false)],
    run: async (c, f) => (await import('./kubeconfig.ts')).devKubeconfig(c, f),
  },
  {
    name: 'dev seed',
    what: 'Load the seeds of the package here, where they changed',
    example: 'dev seed --cell canary',
    options: [
      cell,
      environment,
      option('--profile <name>', 'the seeds of a profile'),
      option('--clean', 'begin with empty tables and prefixes', false),
      jsonEvents,
      output,
    ],
    run: async (c, f) => (await import('./seed.ts')).devSeed(c, f),
  },
];
