import { createInterface } from 'node:readline';
import { type ObjectStoreOptions, startObjectStore } from '../../src/object-store/server.ts';

// A server as a process of its own: its options come as JSON in argv, its port goes to stdout as
// JSON in a line, and so does its memory in bytes for each line on stdin.
const options: ObjectStoreOptions = JSON.parse(process.argv[2] ?? '{}');
const inherited = namesInherited();
const server = await startObjectStore({ ...options, log: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(`${server.port}\n`);
createInterface(process.stdin)
  .on('line', () => {
    if (namesInherited() !== inherited) process.stderr.write(`a prototype was polluted: ${namesInherited()}\n`);
    process.stdout.write(`${process.memoryUsage.rss()}\n`);
  })
  // Nobody is there any more who would stop it.
  .on('close', () => process.exit());

/** What every object, list, text and function has. */
function namesInherited(): string {
  return [Object, Array, String, Function]
    .flatMap(({ prototype }) => Reflect.ownKeys(prototype))
    .map(String)
    .join(' ');
}
