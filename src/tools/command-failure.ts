import { existsSync } from 'node:fs';
import { Failure } from '../failure.ts';

/** How a command ended, in execa's words. */
interface Ended {
  readonly timedOut: boolean;
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly stdout?: string | undefined;
  readonly stderr?: string | undefined;
  readonly all?: string | undefined;
}

/** A command that did not end well; the message shows it as it can be pasted, with the end of its output. */
export class CommandFailure extends Failure {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(command: readonly string[], cwd: string | undefined, ended: Ended) {
    const pasteable = command.map(shellWord).join(' ');
    const kind = ended.code === 'ENOENT' ? 'prerequisite' : ended.timedOut ? 'stillStarting' : 'unhealthy';
    super(kind, {
      what: `The command ${howItEnded(ended, cwd)}`,
      why: [cwd === undefined ? pasteable : `(cd ${shellWord(cwd)} && ${pasteable})`, ...tail(ended.all ?? '')],
    });
    this.exitCode = ended.exitCode;
    this.stdout = ended.stdout ?? '';
    this.stderr = ended.stderr ?? '';
  }
}

function howItEnded(ended: Ended, cwd: string | undefined): string {
  if (cwd !== undefined && !existsSync(cwd)) return 'has no folder to run in';
  if (ended.code === 'ENOENT') return 'was not found';
  if (ended.timedOut) return 'did not end in time';
  if (ended.signal !== undefined) return `was ended by ${ended.signal}`;
  return ended.exitCode === undefined
    ? `could not be started (${ended.code})`
    : `failed with exit code ${ended.exitCode}`;
}

function tail(output: string): string[] {
  return output
    .trimEnd()
    .split('\n')
    .slice(-20)
    .filter((line) => line !== '');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
