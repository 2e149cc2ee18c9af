import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Context } from '../../src/context.ts';
import { header, writeFiles } from '../cells/gitops-files.ts';
import { makeHome } from '../helpers/dk.ts';
import { commandContext } from './command-context.ts';

type Command = (context: Context) => Promise<unknown>;
type Given = { readonly input?: string; readonly terminal?: boolean };
type Thrown = { kind: string; message: string; why: readonly string[]; next: readonly string[] };

/** A real environment with the cells local and canary, for the tests of one file. */
export function useEnvironment() {
  const home = makeHome();
  beforeAll(async () => {
    const up = await home.dk(['dev', 'up', '--cell', 'canary']);
    expect(up).toMatchObject({ code: 0 });
  });
  afterAll(() => home.close());

  /** Runs a command and gives what it printed, and what it threw. */
  const run = async (command: Command, given: Given = {}) => {
    const { context, texts } = commandContext({ home: home.directory, ...given });
    const failure = await command(context).then(
      () => undefined,
      (error: unknown) => error as Thrown,
    );
    return { ...texts, failure };
  };
  const succeed = async (command: Command, given: Given = {}) => {
    const { failure, ...texts } = await run(command, given);
    if (failure) throw failure;
    return texts;
  };
  const json = async (command: Command) => JSON.parse((await succeed(command)).stdout);
  /** A folder below the home, which is where commands are started. */
  const folder = async (name: string, files: Readonly<Record<string, string>>) => {
    await writeFiles(join(home.directory, name), files);
    return name;
  };
  return { home, run, succeed, json, folder };
}

/** The folder of a cell with a Store that dk cannot connect to, its Secret, and something foreign. */
export const gitOps = (cell: string) => ({
  'cell.yaml': `${header}\nkind: Cell\nmetadata: {name: ${cell}}\nspec: {namespace: dk-${cell}, labels: {tier: test}}\n`,
  'stores/archive.yaml': `${header}\nkind: Store\nmetadata: {name: archive}\nspec:\n  connector: kafka\n  connection: {brokers: "b:9092"}\n  secrets: {password: "\${KAFKA_PASS}"}\n`,
  'secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: archive}\nstringData: {KAFKA_PASS: very-secret-value}\n',
  'web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n',
});
