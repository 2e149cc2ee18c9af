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

/** A chunk's text, and what V8 made of it. */
interface Compiled {
  readonly source: Buffer;
  readonly data: Buffer;
}

type CompiledChunks = ReadonlyMap<string, Compiled>;

const usageError = 2;
const [head = '', tail = ''] = nodeModule.wrap('|').split('|');

function keepScripts({ directory, command, chunks, process }: CompileCacheOptions): void {
  const file = join(directory, `${process.version}-${process.arch}`, command);
  const kept = readCompiled(file, process.getuid?.());
  const fresh = new Map<string, { readonly source: Buffer; readonly script: Script }>();
  takeOver(chunks, (name, filename) => {
    const known = kept.get(name);
    const source = known?.source ?? readFileSync(filename);
    const script = compile(source, filename, known?.data);
    if (script.cachedDataRejected !== false) fresh.set(name, { source, script });
    return script;
  });
  process.on('exit', (code) => {
    // A mistyped command is not worth a file.
    if (fresh.size === 0 || code === usageError) return;
    const made = [...fresh].map(
      ([name, { source, script }]) => [name, { source, data: script.createCachedData() }] as const,
    );
    const still = [...kept].filter(([name]) => existsSync(join(chunks, name)));
    writeCompiled(file, new Map([...still, ...made]), process.pid);
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

function compile(source: Buffer, filename: string, cachedData: Buffer | undefined): Script {
  return new Script(head + source.toString() + tail, {
    filename,
    columnOffset: -head.length,
    ...(cachedData && { cachedData }),
  });
}

/** Nothing where the file is missing, torn or another user's: V8 believes what it is given. */
function readCompiled(file: string, uid: number | undefined): CompiledChunks {
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

function writeCompiled(file: string, compiled: CompiledChunks, pid: number): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(`${file}.${pid}`, pack(compiled), { mode: 0o600 });
    renameSync(`${file}.${pid}`, file);
  } catch {
    rmSync(`${file}.${pid}`, { force: true });
  }
}

/** A line with a checksum of the rest, a line with each chunk's name and its two lengths in bytes, then the chunks. */
function pack(compiled: CompiledChunks): Buffer {
  const index = [...compiled].map(([name, { source, data }]) => [name, source.length, data.length]);
  const parts = [...compiled.values()].flatMap(({ source, data }) => [source, data]);
  const rest = Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...parts]);
  return Buffer.concat([Buffer.from(`${checksum(rest)}\n`), rest]);
}

function unpack(packed: Buffer): CompiledChunks {
  const newline = packed.indexOf('\n');
  const rest = packed.subarray(newline + 1);
  if (packed.toString('latin1', 0, newline) !== `${checksum(rest)}`) return new Map();
  let offset = rest.indexOf('\n') + 1;
  const index: readonly (readonly [string, number, number])[] = JSON.parse(rest.toString('latin1', 0, offset));
  const take = (length: number) => {
    offset += length;
    return rest.subarray(offset - length, offset);
  };
  return new Map(index.map(([name, source, data]) => [name, { source: take(source), data: take(data) }]));
}

/** Of a few bytes of every block: what a crash tears are blocks, and reading all of it would take longer than it saves. */
function checksum(bytes: Buffer): number {
  let sum = bytes.length;
  for (let at = 0; at + 4 <= bytes.length; at += 4096) sum = Math.imul(sum ^ bytes.readInt32LE(at), 0x01000193);
  return sum >>> 0;
}
