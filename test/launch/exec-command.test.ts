import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { execCommand } from '../../src/launch/exec-command.ts';
import { buildEntry } from './build-entry.ts';
import { openWorld, untilSaid } from './place.ts';

let entry: Awaited<ReturnType<typeof buildEntry>>;
beforeAll(async () => {
  entry = await buildEntry();
});
afterAll(() => entry.close());

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts dk's exec with pipes where a terminal would be. */
function exec(...command: string[]) {
  const child = spawn(process.execPath, [entry.entry, 'exec', ...command], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return { child, output: () => output, closed: once(child, 'close') };
}

test('the command has our stdin and stdout, and its exit code is ours', async () => {
  const { child, output, closed } = exec('sh', '-c', 'read line; echo "got $line"; exit 7');
  child.stdin?.end('a line\n');
  expect(await closed).toEqual([7, null]);
  expect(output()).toBe('got a line\n');
});

test('a command that a signal ended gives 128 and its number', async () => {
  const { closed } = exec('sh', '-c', 'kill -KILL $$');
  expect(await closed).toEqual([137, null]);
});

test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s is passed on where there is no terminal', async (signal) => {
  const name = signal.slice(3);
  const { child, output, closed } = exec(
    'sh',
    '-c',
    `trap "echo heard; exit 9" ${name}; echo up; while :; do sleep 0.05; done`,
  );
  await untilSaid(output, 'up');
  child.kill(signal);
  expect(await closed).toEqual([9, null]);
  expect(output()).toBe('up\nheard\n');
});

test('a command that is not there is named', async () => {
  const { context } = openWorld(process.cwd(), {});
  const missing = execCommand(context, { file: 'no-such-command', args: [], env: { PATH: '/usr/bin' }, cwd: '/' });
  await expect(missing).rejects.toMatchObject({
    kind: 'prerequisite',
    message: 'The program no-such-command was not found',
  });
});

/** Presses Ctrl-C twice in a terminal of its own in which the command runs, then ends it; prints what was seen. */
const inTerminal = `
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = ""
for awaited, keys in (("ready\\r", b"\\x03"), ("heard 1\\r", b"\\x03"), ("heard 2\\r", b"q\\n")):
    while awaited not in seen:
        seen += os.read(terminal, 1000).decode()
    os.write(terminal, keys)
try:
    while True:
        seen += os.read(terminal, 1000).decode()
except OSError:
    pass
print(seen.replace("\\r", ""), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** As psql or a shell does: Ctrl-C does not end it. */
const interactive = `
import os, signal, sys
count = 0
def heard(*_):
    global count
    count += 1
    os.write(1, b"heard %d\\n" % count)
signal.signal(signal.SIGINT, heard)
os.write(1, b"terminal: %d ready\\n" % sys.stdin.isatty())
line = sys.stdin.readline()
print("line", line.strip(), "heard", count)
sys.exit(4)
`;

test('on a terminal the command hears each Ctrl-C once, and dk waits for it', async () => {
  const command = [process.execPath, entry.entry, 'exec', 'python3', '-c', interactive];
  const child = spawn('python3', ['-c', inTerminal, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await once(child, 'close');
  expect(output).toContain('terminal: 1 ready');
  expect(output).toContain('line q heard 2\n');
  expect(output).not.toContain('heard 3');
  expect(output.trimEnd()).toMatch(/ 4$/);
});
