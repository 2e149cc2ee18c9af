import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { type Compiled, type CompiledFile, openCompiledFile, writeCompiledFile } from './compiled-file.ts';

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

const usageError = 2;
const [head = '', tail = ''] = nodeModule.wrap('|').split('|');

function keepScripts({ directory, command, chunks, process }: CompileCacheOptions): void {
  const file = join(directory, `${process.version}-${process.arch}`, command);
  const kept = openCompiledFile(file, process.getuid?.());
  const fresh = new Map<string, { readonly source: Buffer; readonly script: Script }>();
  takeOver(chunks, (name, filename) => {
    const known = kept.read(name);
    const source = known?.source ?? readFileSync(filename);
    const script = compile(source, filename, known?.data);
    if (script.cachedDataRejected !== false) fresh.set(name, { source, script });
    return script;
  });
  process.on('exit', (code) => {
    // A mistyped command is not worth a file.
    if (fresh.size > 0 && code !== usageError) keep(file, [...stillThere(kept, chunks), ...made(fresh)], process.pid);
    kept.close();
  });
}

function made(fresh: ReadonlyMap<string, { readonly source: Buffer; readonly script: Script }>) {
  return [...fresh].map(([name, { source, script }]) => [name, { source, data: script.createCachedData() }] as const);
}

/** What an earlier version of dk left goes. */
function stillThere(kept: CompiledFile, chunks: string) {
  return kept.names
    .filter((name) => existsSync(join(chunks, name)))
    .map((name) => [name, kept.read(name)] as const)
    .filter((entry): entry is readonly [string, Compiled] => entry[1] !== undefined);
}

function keep(file: string, compiled: readonly (readonly [string, Compiled])[], pid: number): void {
  try {
    makeFolder(dirname(file));
  } catch {
    return;
  }
  writeCompiledFile(file, new Map(compiled), pid);
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
