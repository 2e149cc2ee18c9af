import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';

/** A system call of the traced server, with the places in the trace where it began and ended. */
interface Call {
  readonly name: string;
  readonly args: string;
  readonly began: number;
  readonly ended: number;
}

/** Why system calls cannot be traced here; undefined where they can. */
export function whyNoTrace(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-f', '-qq', '-e', 'trace=fsync', 'true'], {
    encoding: 'utf8',
  });
  if (error !== undefined) return 'no strace';
  return status === 0 ? undefined : `strace does not work: ${stderr.trim()}`;
}

const traced = [
  ...['openat', 'write', 'pwrite64', 'writev', 'pwritev', 'ftruncate', 'copy_file_range', 'fsync', 'fdatasync'],
  ...['rename', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat', 'read', 'sendmsg'],
];

/** The program that starts another one and writes what it asks of the system to a file. */
export function tracing(file: string): string[] {
  // "?" lets names pass that this machine's processor does not have.
  const calls = traced.map((name) => `?${name}`).join(',');
  return ['strace', '-f', '-qq', '-y', '-s', '128', '-o', file, '-e', `trace=${calls}`];
}

/** An answer of the server, and what was not on disk when it was sent. */
export interface TracedAnswer {
  /** Method and path of what it answers. */
  readonly request: string;
  readonly status: number;
  /** Each a path with what happened to it. */
  readonly notOnDisk: readonly string[];
}

/** What the server answered, in order, from the text of a trace. */
export function answersIn(trace: string): TracedAnswer[] {
  const disk = new Disk();
  const requests = new Map<string, string>();
  const answers: TracedAnswer[] = [];
  for (const call of calls(trace)) {
    const socket = /^\d+<((?:socket|TCP)[^>]*)>/.exec(call.args)?.[1];
    if (socket === undefined) {
      disk.apply(call);
      continue;
    }
    const asked = /"([A-Z]+ \S+) HTTP/.exec(call.args)?.[1];
    if (call.name === 'read' && asked !== undefined) requests.set(socket, asked);
    const status = /"HTTP\/1\.1 (\d{3})/.exec(call.args)?.[1];
    if (call.name === 'read' || status === undefined) continue;
    answers.push({ request: requests.get(socket) ?? '', status: Number(status), notOnDisk: disk.pending() });
  }
  return answers;
}

/** The calls that succeeded, ordered by their ends; what is sent counts from its beginning. */
function calls(trace: string): Call[] {
  const open = new Map<string, { text: string; began: number }>();
  const found: Call[] = [];
  for (const [at, line] of trace.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
    if (rest.endsWith(' <unfinished ...>')) {
      open.set(thread, { text: rest.slice(0, -' <unfinished ...>'.length), began: at });
      continue;
    }
    const begun = resumed === undefined ? { text: '', began: at } : (open.get(thread) ?? { text: '', began: at });
    const [, name, args, result] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(begun.text + (resumed ?? rest)) ?? [];
    if (name === undefined || args === undefined || Number(result) < 0) continue;
    const isSent = args.includes('"HTTP/1.1 ');
    found.push({ name, args, began: begun.began, ended: isSent ? begun.began : at });
  }
  return found.sort((one, other) => one.ended - other.ended);
}

/** What a loss of power could still undo: contents and names that no fsync has followed. */
class Disk {
  /** By path: when it was last written to. */
  readonly #contents = new Map<string, number>();
  /** By path: when it got there, or went away. */
  readonly #names = new Map<string, { at: number; what: 'made' | 'removed' }>();
  readonly #tooEarly: string[] = [];

  apply({ name, args, began, ended }: Call): void {
    const file = /^\d+<([^>]*)>/.exec(args)?.[1] ?? '';
    const paths = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = '']) => path);
    const [path = '', other = ''] = paths;
    switch (name) {
      case 'openat':
        if (args.includes('O_CREAT')) this.#names.set(path, { at: ended, what: 'made' });
        break;
      case 'mkdir':
      case 'mkdirat':
        this.#names.set(path, { at: ended, what: 'made' });
        break;
      case 'link':
      case 'linkat':
        this.#names.set(other, { at: ended, what: 'made' });
        break;
      case 'unlink':
      case 'unlinkat':
      case 'rmdir':
        this.#remove(path, ended);
        break;
      case 'rename':
      case 'renameat2':
        this.#move(path, other, ended);
        break;
      case 'fsync':
      case 'fdatasync':
        this.#sync(file, began);
        break;
      default:
        // Not a pipe, nor an event of the loop's.
        if (name !== 'read' && file.startsWith('/')) this.#contents.set(file, ended);
    }
  }

  /** All that is not on disk, but for what does not matter: things half-made, and bytes that nobody names any more. */
  pending(): string[] {
    const contents = [...this.#contents.keys()].map((path) => `${path} written`);
    const names = [...this.#names].map(([path, { what }]) => `${path} ${what}`);
    const unimportant = /\/(incoming|limbo)(\/|$| )|\/blobs\/\w+ removed$|\/server\.sock /;
    return [...this.#tooEarly.splice(0), ...[...contents, ...names].filter((text) => !unimportant.test(text))];
  }

  #remove(path: string, at: number): void {
    for (const map of [this.#contents, this.#names])
      for (const known of map.keys()) if (known === path || known.startsWith(`${path}/`)) map.delete(known);
    this.#names.set(path, { at, what: 'removed' });
  }

  #move(from: string, to: string, at: number): void {
    if (this.#contents.has(from)) this.#tooEarly.push(`${to} named before its bytes were on disk`);
    // It may replace what was answered before: from here on, all that it names must outlast anything.
    if (/\/(records|uploads)\//.test(to)) {
      const needed = [...this.#contents.keys(), ...this.#names.keys()].filter((path) => path.includes('/blobs/'));
      const missing = needed.filter((path) => this.#contents.has(path) || this.#names.get(path)?.what === 'made');
      this.#tooEarly.push(...missing.map((path) => `${to} named before ${path} was on disk`));
    }
    for (const map of [this.#contents, this.#names] as Map<string, unknown>[]) {
      for (const [path, value] of map) {
        if (!path.startsWith(`${from}/`) && path !== from) continue;
        map.delete(path);
        map.set(to + path.slice(from.length), value);
      }
    }
    this.#names.set(from, { at, what: 'removed' });
    this.#names.set(to, { at, what: 'made' });
  }

  /** What an fsync has on disk is what had happened when it began. */
  #sync(path: string, began: number): void {
    if ((this.#contents.get(path) ?? began) < began) this.#contents.delete(path);
    for (const [name, { at }] of this.#names) if (dirname(name) === path && at < began) this.#names.delete(name);
  }
}
