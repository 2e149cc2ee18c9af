import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { expect } from 'vitest';
import type { Context } from '../../src/context.ts';
import { Failure } from '../../src/failure.ts';
import type { Launch, LaunchOptions } from '../../src/launch/launch.ts';
import { launchRun } from '../../src/launch/launch-run.ts';
import type { Place } from '../../src/launch/place.ts';
import { openRecords } from '../../src/launch/records.ts';
import { createSecretRegistry } from '../../src/report/redact.ts';
import type { ResolvedRun } from '../../src/resolve/run-spec.ts';

interface Wanted {
  readonly name?: string;
  readonly runtime?: Launch['spec']['runtime'];
  readonly command?: string[];
  readonly args?: string[];
  readonly spec?: Partial<Launch['spec']>;
  readonly place?: Place;
  readonly run?: Partial<ResolvedRun>;
  readonly options?: Partial<LaunchOptions>;
}

/** A package folder, a state folder and a context whose streams are kept, all gone after `close`. */
export async function openPlace(files: Readonly<Record<string, string>>, env: Context['env'] = {}) {
  const root = await mkdtemp(join(tmpdir(), 'dk-launch-'));
  const directory = join(root, 'package');
  const state = join(root, 'state', 'dk');
  await mkdir(directory);
  await writeFiles(directory, files);
  const world = openWorld(directory, { PATH: process.env['PATH'], HOME: root, XDG_STATE_HOME: dirname(state), ...env });
  const records = openRecords(state);
  return {
    ...world,
    directory,
    state,
    records,
    write: (changed: Readonly<Record<string, string>>) => writeFiles(directory, changed),
    describe: (wanted: Wanted = {}) => launchOf(directory, wanted),
    launch: (wanted: Wanted = {}) =>
      launchRun(world.context, launchOf(directory, wanted), { records, onlookers: world.context }),
    close: () => rm(root, { recursive: true }),
  };
}

/** A context as bin.ts makes it, whose signals are sent by the test. */
export function openWorld(cwd: string, env: Context['env']) {
  const controller = new AbortController();
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  const stdout = capture();
  const stderr = capture();
  const context: Context = {
    stdin: new PassThrough(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    cwd,
    uid: process.getuid?.(),
    program: 'dk',
    entry: '',
    node: process.execPath,
    secrets: createSecretRegistry(),
    now: () => new Date(),
    signal: controller.signal,
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const interrupt = () => {
    controller.abort(new Failure('interrupted', { what: 'Interrupted' }));
    for (const listener of listeners) listener('SIGINT');
  };
  return { context, stdout: stdout.text, stderr: stderr.text, interrupt };
}

/** Waits until a text that grows holds what is looked for. */
export async function untilSaid(text: () => string, pattern: RegExp | string): Promise<void> {
  await expect.poll(text, { timeout: 15_000, interval: 20, message: `"${pattern}" was said` }).toMatch(pattern);
}

function launchOf(directory: string, wanted: Wanted): Launch {
  const { name = 'tiny', runtime = 'generic-node', command, args, spec, place, run, options } = wanted;
  return {
    run: {
      package: { name, version: '1.2.3', directory },
      transform: { runtime, inputs: [], outputs: [] },
      cell: undefined,
      inputs: [],
      outputs: [],
      stores: [],
      variables: {},
      secretValues: [],
      ...run,
    },
    spec: { runtime, ...(command ? { command } : {}), ...(args ? { args } : {}), ...spec },
    ...(place && { place }),
    environment: null,
    options: { args: [], extraEnv: {}, detach: false, inspect: false, ...options },
  };
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
}

function capture() {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
}
