import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { CommandFailure } from '../tools/command-failure.ts';
import { run } from '../tools/exec.ts';
import type { Credentials } from './credentials.ts';

/** How helpers say that they keep a token, not a password. */
const tokenUser = '<token>';

/** Asks `docker-credential-<name>` for the login of a server; undefined where it keeps none. */
export async function askHelper(
  { env, signal, secrets }: Context,
  name: string,
  server: string,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const answer = await run(program, ['get'], { env, signal, input: server, timeout: 30_000 }).catch(
    (error: unknown) => {
      if (!(error instanceof CommandFailure)) throw error;
      if (/credentials not found|no credentials|not found in native keychain/i.test(error.stdout + error.stderr))
        return undefined;
      throw helperFailure(program, error);
    },
  );
  if (answer === undefined) return undefined;
  const { username, secret } = parseAnswer(program, answer.stdout);
  secrets.add([secret]);
  if (username === '' || secret === '') return undefined;
  return username === tokenUser
    ? { kind: 'identityToken', token: secret }
    : { kind: 'password', username, password: secret };
}

function parseAnswer(program: string, text: string): { username: string; secret: string } {
  try {
    const { Username, Secret } = JSON.parse(text) as { readonly Username?: unknown; readonly Secret?: unknown };
    return { username: String(Username ?? ''), secret: String(Secret ?? '') };
  } catch {
    // Its text may well be half a secret: it is not shown.
    throw helperFailure(program, undefined);
  }
}

function helperFailure(program: string, cause: CommandFailure | undefined): Failure {
  const missing = cause?.kind === 'prerequisite';
  return new Failure('prerequisite', {
    what: missing ? `The program ${program} was not found` : `The program ${program} gave no login`,
    why: [
      'The config of Docker or Helm names it as the keeper of logins (credHelpers, credsStore)',
      ...(cause && !missing ? [cause.stderr || cause.stdout].filter((said) => said !== '') : []),
    ],
    next: [`command -v ${program}`, 'Or take its name out of ~/.docker/config.json, and log in again'],
    cause,
  });
}
