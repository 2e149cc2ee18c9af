import type { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createRedactor } from '../report/redact.ts';
import { openLog, type RunLog, type StreamName } from './log.ts';

const tailLines = 10;
const tailCharacters = 4000;

/** Where people see a run's output as it comes. */
export interface Onlookers {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Takes a run's output: redacted, it goes to the log and to those who look on. */
export interface RunOutput {
  stdout(chunk: Buffer): Promise<void>;
  stderr(chunk: Buffer): Promise<void>;
  /** Whether something waits to be written: a slow reader takes its time. */
  isBusy(): boolean;
  /** Hands over what was held back, and gives the last lines of stderr; those of stdout where nothing came by stderr. */
  close(): Promise<readonly string[]>;
}

interface OutputOptions {
  readonly logFile: string;
  readonly secrets: readonly string[];
  readonly now: () => Date;
  /** Absent for a detached run. */
  readonly onlookers: Onlookers | undefined;
  /** Hears once why the log cannot be written; the run goes on. */
  readonly onLogError: (error: Error) => void;
}

/** Opens the log, and keeps each stream's secrets out of it wherever its chunks are cut. */
export function openOutput({ logFile, secrets, now, onlookers, onLogError }: OutputOptions): RunOutput {
  const log = openLog(logFile, now, onLogError);
  const stdout = openStream('stdout', secrets, log, onlookers?.stdout);
  const stderr = openStream('stderr', secrets, log, onlookers?.stderr);
  return {
    stdout: stdout.push,
    stderr: stderr.push,
    isBusy: () => stdout.isBusy() || stderr.isBusy(),
    async close() {
      await stdout.close();
      await stderr.close();
      await log.close();
      const complaint = stderr.tail();
      return complaint.length > 0 ? complaint : stdout.tail();
    },
  };
}

function openStream(name: StreamName, secrets: readonly string[], log: RunLog, onlooker: Writable | undefined) {
  const decoder = new StringDecoder('utf8');
  const redactor = createRedactor(secrets);
  const show = onlooker && openOnlooker(onlooker);
  let end = '';
  let waiting = 0;
  const pass = async (text: string) => {
    if (text === '') return;
    end = (end + text).slice(-tailCharacters);
    waiting += 1;
    await Promise.all([log.write(name, text), show?.write(text)]);
    waiting -= 1;
  };
  return {
    push: (chunk: Buffer) => pass(redactor.push(decoder.write(chunk))),
    async close() {
      await pass(redactor.push(decoder.end()) + redactor.flush());
      show?.close();
    },
    isBusy: () => waiting > 0,
    tail: () =>
      end
        .trimEnd()
        .split('\n')
        .slice(-tailLines)
        .filter((line) => line !== ''),
  };
}

/** A reader that went away does not end the run; its log goes on. */
function openOnlooker(stream: Writable) {
  const ignore = () => {};
  stream.on('error', ignore);
  return {
    write: (text: string) =>
      stream.writable ? new Promise<void>((resolve) => stream.write(text, () => resolve())) : Promise.resolve(),
    close: () => stream.off('error', ignore),
  };
}
