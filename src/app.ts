import { cellCommands } from './commands/cell/commands.ts';
import { deployCommands } from './commands/deploy/commands.ts';
import { devCommands } from './commands/dev/commands.ts';
import {
  cell,
  confirm,
  environment,
  follow,
  output,
  packageFolder,
  plainHttp,
  registry,
  runtime,
  where,
} from './commands/flags.ts';
import { type CommandSpec, choice, number, option, repeated, runProgram } from './commands/program.ts';
import type { Context } from './context.ts';

/** Every command; its code is loaded when it runs. */
const commands: readonly CommandSpec[] = [
  {
    name: 'init [name]',
    what: 'Write a package that lints and runs as it is',
    example: 'init my-package --runtime python',
    options: [runtime, output],
    run: async (c, f, [name]) =>
      (await import('./commands/init.ts')).init(c, { name, runtime: f['runtime'], output: f['output'] }),
  },
  ...devCommands,
  {
    name: 'run [dir] [args...]',
    what: 'Resolve a package against a cell and run it',
    example: 'run examples/pg-to-s3 --cell canary',
    options: [
      cell,
      where,
      confirm,
      choice('--launch <mode>', 'what it runs as', ['process', 'container', 'job'], 'process'),
      option('--dry-run', 'print the resolved plan and do nothing', false),
      option('--timeout <duration>', 'end the run after this time, such as 90s'),
      repeated('--set <path=value>', 'override a field of the Transform'),
      repeated('-e <name=value>', 'a further variable for the process'),
      option('--watch', 'run again when a file of the package changes', false),
      option('--detach', 'let the run go on by itself', false),
      option('--keep', 'leave its container or Job there when it has ended', false),
      option('--inspect', "open the debugger's port", false),
      output,
    ],
    run: async (c, f, [dir = '.', ...args], more) =>
      (await import('./commands/run.ts')).run(c, dir, [...args, ...more], f),
  },
  ...cellCommands,
  ...deployCommands,
  {
    name: 'lint [dir]',
    what: 'Every problem of a package, a cells folder or a file, at once',
    example: 'lint --strict',
    options: [option('--strict', 'warnings are errors', false), output],
    run: async (c, f, [directory]) => (await import('./commands/lint.ts')).lint(c, { directory, ...f }),
  },
  {
    name: 'show [dir]',
    what: 'What a package, or a cells folder, consists of',
    example: 'show examples/pg-to-s3',
    options: [output],
    run: async (c, f, [directory]) => (await import('./commands/show.ts')).show(c, { directory, ...f }),
  },
  {
    name: 'graph [dir]',
    what: 'What flows through a package',
    example: 'graph -o mermaid',
    options: [choice('-o, --output <format>', 'how it is drawn', ['text', 'mermaid', 'dot', 'json'], 'text')],
    run: async (c, f, [directory]) => (await import('./commands/graph.ts')).graph(c, { directory, ...f }),
  },
  {
    name: 'build [dir]',
    what: 'Make a package into an immutable Helm chart, and its image',
    example: 'build examples/pg-to-s3 --registry localhost:5000/team',
    options: [
      option('--out <dir>', "folder for the chart, by default the package's dist/chart"),
      registry,
      option('--no-image', 'the chart alone'),
      output,
    ],
    run: async (c, f, [directory]) => (await import('./commands/build.ts')).build(c, { directory, ...f }),
  },
  {
    name: 'publish [dir]',
    what: 'Build a package and push it to an OCI registry, once and for all',
    example: 'publish examples/pg-to-s3 --registry localhost:5000/team',
    options: [registry, plainHttp, environment, option('--no-image', 'the chart alone'), output],
    run: async (c, f, [directory]) => (await import('./commands/publish.ts')).publish(c, { directory, ...f }),
  },
  {
    name: 'search [term]',
    what: 'Packages of a registry, by name, description or data set',
    example: 'search events --registry localhost:5000/team',
    options: [
      registry,
      plainHttp,
      environment,
      option('--versions', 'every version, not only the newest of each', false),
      output,
    ],
    run: async (c, f, [term]) => (await import('./commands/search.ts')).search(c, { term, ...f }),
  },
  {
    name: 'exec <command...>',
    what: 'Run any command with the store variables of the package here',
    example: 'exec --cell canary -- sh -c \'psql "$DK_STORE_DSN_WAREHOUSE"\'',
    options: [cell, where, confirm],
    run: async (c, f, args, more) => (await import('./commands/exec.ts')).exec(c, [...args, ...more], f),
  },
  {
    name: 'env',
    what: 'Print the store variables of the package here, secrets included',
    example: 'env --format dotenv > .env.local',
    options: [
      cell,
      where,
      choice('--format <format>', 'for whom they are written', ['sh', 'dotenv', 'json'], 'sh').conflicts('output'),
      output,
    ],
    run: async (c, f) => (await import('./commands/env.ts')).env(c, f),
  },
  {
    name: 'data ls <dataset>',
    what: 'Rows and size of a table, or the objects of a prefix',
    example: 'data ls lake-events --cell canary',
    options: [cell, where, packageFolder, option('-n <number>', 'how many objects', '20'), output],
    run: async (c, f, [dataset = '']) => (await import('./commands/data.ts')).dataLs(c, dataset, f),
  },
  {
    name: 'data head <dataset>',
    what: 'The first rows of a data set',
    example: 'data head raw-events -n 3',
    options: [cell, where, packageFolder, option('-n <number>', 'how many rows', '10'), output],
    run: async (c, f, [dataset = '']) => (await import('./commands/data.ts')).dataHead(c, dataset, f),
  },
  {
    name: 'ps',
    what: 'Runs that are going on',
    example: 'ps --all',
    options: [option('-a, --all', 'those that have ended too', false), output],
    run: async (c, f) => (await import('./commands/ps.ts')).ps(c, f),
  },
  {
    name: 'logs [run]',
    what: 'What a run wrote; the newest run, unless a run or a package is named',
    example: 'logs pg-to-s3 -f',
    options: [follow],
    run: async (c, f, [run]) => (await import('./commands/logs.ts')).logs(c, { ...f, ...(run ? { run } : {}) }),
  },
  {
    name: 'stop <run>',
    what: 'End a run with all of its processes',
    example: 'stop pg-to-s3',
    run: async (c, _, [run = '']) => (await import('./commands/stop.ts')).stop(c, { run }),
  },
  {
    name: 'controller',
    what: 'Turn the deployments of a cluster into work, until it is told to stop',
    example: 'controller --context k3d-dk-local',
    options: [
      option('--context <name>', 'an environment of ours, or a context of the kubeconfig; in a pod its own cluster'),
      option('--namespace <name>', "where its Lease is; the pod's own, or dk-system"),
      option('--lease <duration>', 'so long after its last word another one takes over', '15s'),
    ],
    run: async (c, f) => (await import('./commands/controller.ts')).controller(c, f),
  },
  {
    name: 'object-store',
    what: 'Serve S3 from a folder, until it is told to stop',
    example: 'object-store --data ./lake --port 29000',
    options: [
      option('--data <dir>', 'where the objects are kept').makeOptionMandatory(),
      number('--port <port>', 'on 127.0.0.1; 0 chooses a free one', 0),
      option(
        '--keys <file>',
        'key pairs and their buckets; by default one pair from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      ),
      option('--id <id>', 'what the health path tells of the server'),
      option('--record <file>', 'where to write process, port and version once it serves'),
    ],
    run: async (c, f) => (await import('./commands/object-store.ts')).objectStore(c, f),
  },
  {
    name: '__supervise <dir>',
    what: 'Stay with a detached run',
    example: '__supervise <run folder>',
    hidden: true,
    run: async (c, _, [directory = '']) => (await import('./launch/supervise.ts')).supervise(c, { directory }),
  },
  {
    name: 'version',
    what: 'Print the version of dk',
    example: 'version -o json',
    options: [output],
    run: async (c, f) => (await import('./commands/version.ts')).printVersion(c, { output: f['output'] }),
  },
];

/** Runs dk with these arguments and gives the exit code. */
export async function runApp(context: Context, argv: readonly string[]): Promise<number> {
  try {
    return await runProgram(context, commands, argv);
  } catch (error) {
    const { reportFailure } = await import('./report/failure.ts');
    return reportFailure(context, error);
  }
}
