import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../../src/context.ts';
import { Failure } from '../../src/failure.ts';
import { execute } from '../../src/graph/execute.ts';
import { createGraph } from '../../src/graph/graph.ts';
import type { Step } from '../../src/graph/step.ts';
import { reportFailure } from '../../src/report/failure.ts';
import { createReporter } from '../../src/report/progress.ts';
import { confirm, readSecret } from '../../src/report/prompt.ts';
import { createSecretRegistry, RedactingStream } from '../../src/report/redact.ts';
import { printResult } from '../../src/report/result.ts';

// A small dk for the tests in a terminal: what the first argument says, with a context as bin.ts makes it.
const controller = new AbortController();
const interrupt = () => controller.abort(new Failure('interrupted', { what: 'Interrupted' }));
process.on('SIGINT', () => (controller.signal.aborted ? process.exit(130) : interrupt()));

const secrets = createSecretRegistry();
const context: Context = {
  stdin: process.stdin,
  stdout: new RedactingStream(process.stdout, secrets),
  stderr: new RedactingStream(process.stderr, secrets),
  env: process.env,
  cwd: process.cwd(),
  uid: undefined,
  program: 'dk',
  entry: '',
  node: process.execPath,
  secrets,
  now: () => new Date(),
  signal: controller.signal,
};

interface Behaviour {
  readonly unchanged?: boolean;
  readonly needs?: readonly string[];
  readonly run?: Step<void>['run'];
}

function step(id: string, { unchanged = false, needs = [], run = async () => {} }: Behaviour = {}): Step<void> {
  let done = unchanged;
  return {
    id,
    title: `Step ${id}`,
    needs,
    check: async () => (done ? { done: true } : { done: false, why: `${id} is missing` }),
    async run(world, progress) {
      await run(world, progress);
      done = true;
    },
  };
}

function saying(what: string, milliseconds: number): Step<void>['run'] {
  return (_, { say }) => {
    say(what);
    return pause(milliseconds);
  };
}

const longSecret = 'a-very-long-password-that-does-not-fit-on-one-line-of-a-narrow-terminal';

const graphs: Readonly<Record<string, () => readonly Step<void>[]>> = {
  good: () => [step('one', { unchanged: true }), step('two', { needs: ['one'], run: saying('nearly there', 400) })],
  bad: () => [
    step('one', {
      async run() {
        await pause(150);
        throw new Failure('conflict', {
          what: 'the port is taken',
          why: 'by a program with quite a long name (pid 4711)',
        });
      },
    }),
    step('two', { needs: ['one'] }),
    step('three'),
  ],
  many: () => Array.from({ length: 60 }, (_, at) => step(`${at}`, { unchanged: at < 50, run: () => pause(300) })),
  secret: () => {
    secrets.add([longSecret]);
    return [step('one', { run: saying(`now with postgresql://u:${longSecret}@host`, 300) })];
  },
  slow: () => [
    step('one', { run: (_, { signal }) => pause(60_000, undefined, { signal }) }),
    step('two', { needs: ['one'] }),
  ],
  stubborn: () => [
    step('one', {
      run(_, { say, signal }) {
        signal.addEventListener('abort', () => say('will not end'));
        return pause(60_000);
      },
    }),
  ],
};

async function showGraph(name: string): Promise<void> {
  const reporter = await createReporter(context, { json: false });
  const graph = createGraph(graphs[name]?.() ?? []);
  const result = await execute(graph, undefined, { signal: context.signal, listener: reporter.listener });
  await reporter.finished();
  if (result.aborted) throw context.signal.reason;
  if (!result.ok) throw new Failure('unhealthy', { what: 'Not complete', next: 'Try again' });
  const data = { steps: result.results.length };
  await printResult(context, 'json', { kind: 'Done', data, table: () => 'done' });
}

/** As a command does that cleans up after itself, or tries again: one graph right after the other. */
async function showTwoGraphs(): Promise<void> {
  const reporter = await createReporter(context, { json: false });
  for (const steps of [[step('one'), step('two', { unchanged: true })], [step('two', { run: saying('again', 200) })]]) {
    await execute(createGraph(steps), undefined, { signal: context.signal, listener: reporter.listener });
  }
  await reporter.finished();
  context.stdout.write('done\n');
}

async function main([mode = '']: readonly string[]): Promise<void> {
  if (mode === 'confirm') context.stdout.write(`answer: ${await confirm(context, 'Remove it?')}\n`);
  else if (mode === 'secret-value')
    context.stdout.write(`read: ${(await readSecret(context, 'Value: ')).length} characters\n`);
  else if (mode === 'two-graphs') await showTwoGraphs();
  else await showGraph(mode);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportFailure(context, error);
}
