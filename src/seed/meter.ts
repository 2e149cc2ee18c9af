import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline, type Readable, Transform } from 'node:stream';
import { Failure } from '../failure.ts';
import type { Progress } from '../graph/step.ts';
import { formatBytes } from '../report/table.ts';
import type { FileSource } from './source.ts';

/** Files below this size are loaded before anybody wonders. */
const worthTelling = 1024 * 1024;

/** A file's bytes; tells how far it is read, and ends with a conflict Failure if the file is another one by now. */
export function readMetered(file: FileSource, { say }: Pick<Progress, 'say'>): Readable {
  const hash = createHash('sha256');
  let read = 0;
  let told = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      read += chunk.length;
      const twentieths = Math.floor((20 * read) / file.bytes);
      if (file.bytes >= worthTelling && twentieths > told) say(`${formatBytes(read)} of ${formatBytes(file.bytes)}`);
      told = twentieths;
      done(null, chunk);
    },
    flush(done) {
      done(hash.digest('hex') === file.sha256 ? null : changed(file));
    },
  });
  // An error of the file destroys the meter with it, and so reaches whoever reads.
  return pipeline(createReadStream(file.path), meter, () => undefined);
}

function changed({ shown }: FileSource): Failure {
  return new Failure('conflict', {
    what: `${shown} was changed while it was loaded`,
    next: 'dk dev seed, once the file is complete',
  });
}
