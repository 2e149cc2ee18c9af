import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import * as nodeModule from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

export interface CompileCacheOptions {
  /** Absolute path of a folder of the user's, made where it is missing. */
  readonly directory: string;
  /** The command that is started: what one compiles, another may never need. */
  readonly command: string;
  /** Absolute path of the folder with the bundle's chunks; their names hold a hash of what is in them. */
  readonly chunks: string;
  readonly process: NodeJS.Process;
}

/**
 * Keeps what V8 compiled of the bundle for the next start, which then takes about a third less.
 * Node does that by itself from 22.1 on; for Node 20 it is done here. Where nothing can be kept, nothing is lost.
 */
export function keepCompiled(options: CompileCacheOptions): void {
  try {
    makeFolder(options.directory);
  } catch {
    return;
  }
  const own: unknown = Reflect.get(nodeModule, 'enableCompileCache');
  if (typeof own === 'function') own(options.directory);
  else keepScripts(options);
}

/** Node's own way to make several at once never ends in folders such as /proc/sys, which refuse new ones by ENOENT. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** Chunks by name, as V8 compiled them. */
type Compiled = ReadonlyMap<string, Buffer>;

const usageError = 2;
const [head = '', tail = ''] = nodeModule.wrap('|').split('|');

function keepScripts({ directory, command, chunks, process }: CompileCacheOptions): void {
  const file = join(directory, `${process.version}-${process.arch}`, command);
  const kept = readCompiled(file, process.getuid?.());
  const fresh = new Map<string, Script>();
  takeOver(chunks, (name, filename) => {
    const script = compile(filename, kept.get(name));
    if (script.cachedDataRejected !== false) fresh.set(name, script);
    return script;
  });
  process.on('exit', (code) => {
    // A mistyped command is not worth a file.
    if (fresh.size === 0 || code === usageError) return;
    const compiled = [...fresh].map(([name, script]) => [name, script.createCachedData()] as const);
    writeCompiled(file, new Map([...kept, ...compiled]), process.pid);
  });
}

/** Loads chunks as Node does, but for the search: where they are is known. */
function takeOver(chunks: string, compileChunk: (name: string, filename: string) => Script): void {
  const { extensions } = nodeModule.createRequire(join(chunks, 'any.js'));
  const loadAsNodeDoes = extensions['.js'];
  const loaded = new Map<string, { readonly exports: unknown }>();
  extensions['.js'] = (entry, filename) => {
    if (dirname(filename) !== chunks) return loadAsNodeDoes?.(entry, filename);
    const load = (id: string) => (id.startsWith('./') ? loadChunk(id.slice(2)).exports : entry.require(id));
    const loadChunk = (name: string, module: { readonly exports: unknown } = { exports: {} }) => {
      const known = loaded.get(name);
      if (known) return known;
      loaded.set(name, module);
      const path = join(chunks, name);
      compileChunk(name, path).runInThisContext()(module.exports, load, module, path, chunks);
      return module;
    };
    loadChunk(basename(filename), entry);
  };
}

function compile(filename: string, cachedData: Buffer | undefined): Script {
  const source = head + readFileSync(filename, 'utf8') + tail;
  return new Script(source, { filename, columnOffset: -head.length, ...(cachedData && { cachedData }) });
}

/** Nothing where the file is missing, torn or another user's: V8 believes what it is given. */
function readCompiled(file: string, uid: number | undefined): Compiled {
  try {
    const descriptor = openSync(file, 'r');
    try {
      if (uid !== undefined && fstatSync(descriptor).uid !== uid) return new Map();
      return unpack(readFileSync(descriptor));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return new Map();
  }
}

function writeCompiled(file: string, compiled: Compiled, pid: number): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(`${file}.${pid}`, pack(compiled), { mode: 0o600 });
    renameSync(`${file}.${pid}`, file);
  } catch {
    rmSync(`${file}.${pid}`, { force: true });
  }
}

/** A line with a checksum of the rest, a line with each chunk's name and length in bytes, then the chunks. */
function pack(compiled: Compiled): Buffer {
  const index = [...compiled].map(([name, data]) => [name, data.length]);
  const rest = Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...compiled.values()]);
  return Buffer.concat([Buffer.from(`${crc32(rest)}\n`), rest]);
}

function unpack(packed: Buffer): Compiled {
  const newline = packed.indexOf('\n');
  const rest = packed.subarray(newline + 1);
  if (packed.toString('latin1', 0, newline) !== `${crc32(rest)}`) return new Map();
  let offset = rest.indexOf('\n') + 1;
  const index: readonly (readonly [string, number])[] = JSON.parse(rest.toString('latin1', 0, offset));
  const compiled = new Map<string, Buffer>();
  for (const [name, length] of index) {
    compiled.set(name, rest.subarray(offset, offset + length));
    offset += length;
  }
  return compiled;
}
