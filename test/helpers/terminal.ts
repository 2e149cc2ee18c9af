import { spawn, spawnSync } from 'node:child_process';

/** Why no terminal can be made here, or undefined. */
export const noTerminal: string | undefined =
  spawnSync('python3', ['-c', 'import pty, fcntl']).status === 0 ? undefined : 'python3 with its pty module is missing';

// Runs a command in a pseudo-terminal of the given size: what the terminal gets goes to stdout, stdin is what is typed.
const script = `
import fcntl, os, pty, select, struct, sys, termios
lines, columns = int(sys.argv[1]), int(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', lines, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
inputs = [terminal, 0]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed: os.write(terminal, typed)
        else: inputs.remove(0)
    if terminal in ready:
        try: data = os.read(terminal, 65536)
        except OSError: break
        if not data: break
        os.write(1, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

interface Wanted {
  readonly lines?: number;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Types the second text once the first has been shown, then the next. */
  readonly typing?: readonly (readonly [shown: string, typed: string])[];
}

/** Runs a program in a terminal; gives everything it drew, and its exit code. */
export async function runInTerminal(command: readonly string[], wanted: Wanted = {}) {
  const { lines = 24, columns = 80, env = {}, typing = [] } = wanted;
  const child = spawn('python3', ['-c', script, String(lines), String(columns), ...command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
  });
  let output = '';
  let typed = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    const next = typing[typed];
    if (!next || !output.includes(next[0])) return;
    typed += 1;
    child.stdin.write(next[1]);
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, output };
}

const begin = '\x1b';
const pieces = new RegExp(`${begin}\\[[?]?[0-9;]*[A-Za-z]|\\r\\n|[\\r\\n]|[^${begin}\\r\\n]+`, 'g');

/** What stays on the screen after the program has ended, line by line; knows what log-update draws with, and colours. */
export function screenOf(output: string): readonly string[] {
  const screen: string[] = [''];
  let line = 0;
  for (const [piece] of output.matchAll(pieces)) {
    if (piece.endsWith('\n')) line += 1;
    else if (piece.endsWith('A') && piece.startsWith(begin)) line = Math.max(0, line - Number(piece.slice(2, -1) || 1));
    else if (piece.endsWith('K') && piece.startsWith(begin)) screen[line] = '';
    else if (!piece.startsWith(begin) && piece !== '\r') screen[line] = (screen[line] ?? '') + piece;
    screen[line] ??= '';
  }
  return screen.map((text) => text.trimEnd());
}
