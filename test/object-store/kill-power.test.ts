import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleChild, startChild } from './child-process.ts';
import { connectTo, type Send } from './kill-client.ts';
import { answersIn, type TracedAnswer, tracing, whyNoTrace } from './kill-trace.ts';
import { accepted, completion } from './kill-writer.ts';
import { temporaryFolder } from './serving.ts';

// A process that is killed does not take the page cache with it. What a loss of power would take shows in the
// order of the server's system calls: which writes and names no fsync had followed when an answer was sent.

const why = whyNoTrace();

describe.skipIf(why)(`what is answered is on disk${why ? ` (skipped: ${why})` : ''}`, () => {
  test('each change has its files and their names on disk before it is answered', async () => {
    const answers = await traceOf(async (send) => {
      const put = (target: string, body: Buffer | string = '', headers = {}) =>
        send({ method: 'PUT', target, body, headers }).then(accepted);
      await put('/lake');
      await put('/lake/inline', 'x');
      await put('/lake/inline', 'another one');
      await put('/lake/blob', Buffer.alloc(700_000));
      await put('/lake/blob', Buffer.alloc(200_000));
      await put('/lake/copy-of-inline', '', { 'x-amz-copy-source': '/lake/inline' });
      await put('/lake/copy-of-blob', '', { 'x-amz-copy-source': '/lake/blob' });
      await uploadInParts(send);
      for (const key of ['inline', 'blob']) accepted(await send({ method: 'DELETE', target: `/lake/${key}` }));
      const keys = ['copy-of-inline', 'copy-of-blob', 'parts'].map((key) => `<Object><Key>${key}</Key></Object>`);
      accepted(await send({ method: 'POST', target: '/lake?delete=', body: `<Delete>${keys.join('')}</Delete>` }));
      accepted(await send({ method: 'DELETE', target: '/lake' }));
    });
    expect(answers).toHaveLength(18);
    expect(answers.filter(({ notOnDisk }) => notOnDisk.length > 0)).toEqual([]);
  });

  test('changes that come together, and share an fsync of their folder, have their names on disk all the same', async () => {
    const answers = await traceOf(async (send) => {
      accepted(await send({ method: 'PUT', target: '/lake' }));
      const writer = async (name: string) => {
        for (let time = 0; time < 10; time++) {
          accepted(await send({ method: 'PUT', target: `/lake/${name}-${time}`, body: 'x' }));
        }
      };
      await Promise.all([...'abcdefghijkl'].map(writer));
    });
    const puts = answers.filter(({ request }) => request.startsWith('PUT /lake/'));
    expect(puts).toHaveLength(120);
    const ofItsOwn = ({ request, notOnDisk }: TracedAnswer) => {
      const name = createHash('sha256').update(request.slice('PUT /lake/'.length)).digest('hex');
      return notOnDisk.filter((text) => text.includes(name));
    };
    expect(puts.flatMap(ofItsOwn)).toEqual([]);
  });
});

test('a trace in which an answer comes too early is seen as such', () => {
  const trace = [
    '7 read(9<socket:[1]>, "PUT /lake/k HTTP/1.1\\r\\n"..., 65536) = 100',
    '8 openat(AT_FDCWD, "/data/records/k", O_WRONLY|O_CREAT|O_EXCL, 0600) = 20</data/records/k>',
    '8 write(20</data/records/k>, "x", 1)  = 1',
    '8 fsync(20</data/records/k> <unfinished ...>',
    '9 write(20</data/records/k>, "y", 1)  = 1',
    '8 <... fsync resumed>)             = 0',
    '9 fsync(21</data/records>) = -1 EIO (Input/output error)',
    '7 writev(9<socket:[1]>, [{iov_base="HTTP/1.1 200 OK\\r\\n"..., iov_len=300}], 1) = 300',
  ];
  const notOnDisk = ['/data/records/k written', '/data/records/k made'];
  expect(answersIn(trace.join('\n'))).toEqual([{ request: 'PUT /lake/k', status: 200, notOnDisk }]);
});

/** What a server answers to some requests, traced. */
async function traceOf(work: (send: Send) => Promise<void>): Promise<TracedAnswer[]> {
  const trace = join(await temporaryFolder(), 'trace');
  const child = await startChild(await bundleChild(), await temporaryFolder(), {
    command: tracing(trace),
    // What is asked of the ring is no system call, and not seen.
    env: { ...process.env, UV_USE_IO_URING: '0' },
  });
  const { send, close } = connectTo(child.port);
  await work(send);
  close();
  await child.leave();
  expect(child.log).toEqual([]);
  return answersIn(await readFile(trace, 'utf8'));
}

/** An upload of which a part is put twice and one is copied, and another one that is aborted: seven answers. */
async function uploadInParts(send: Send): Promise<void> {
  const begin = async () => {
    const reply = accepted(await send({ method: 'POST', target: '/lake/parts?uploads=' }));
    return /<UploadId>(\w+)</.exec(reply.body.toString())?.[1];
  };
  const id = await begin();
  const part = { method: 'PUT', target: `/lake/parts?partNumber=1&uploadId=${id}` };
  accepted(await send({ ...part, body: 'one' }));
  const { headers } = accepted(await send({ ...part, body: 'another one' }));
  const copied = { method: 'PUT', target: `/lake/parts?partNumber=2&uploadId=${id}` };
  accepted(await send({ ...copied, headers: { 'x-amz-copy-source': '/lake/blob' } }));
  const end = { method: 'POST', target: `/lake/parts?uploadId=${id}` };
  accepted(await send({ ...end, body: completion([String(headers.etag).replaceAll('"', '')]) }));
  accepted(await send({ method: 'DELETE', target: `/lake/parts?uploadId=${await begin()}` }));
}
