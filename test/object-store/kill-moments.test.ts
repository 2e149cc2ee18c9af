import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startObjectStore } from '../../src/object-store/server.ts';
import { connectTo } from './kill-client.ts';
import { accepted, completion } from './kill-writer.ts';
import { root, serve, temporaryFolder } from './serving.ts';
import { expectSoundFolder } from './sound-folder.ts';

// Moments too short for a kill at random to meet.

test.each([
  'PUT',
  'DELETE',
])('dying after a %s took the place of what an upload became, but before that upload was removed, gives no object without bytes', async (method) => {
  const dataDirectory = await temporaryFolder();
  const first = await startObjectStore({ dataDirectory, port: 0, rootKey: root });
  const before = connectTo(first.port);
  accepted(await before.send({ method: 'PUT', target: '/lake' }));
  const begun = accepted(await before.send({ method: 'POST', target: '/lake/k?uploads=' }));
  const id = /<UploadId>(\w+)</.exec(begun.body.toString())?.[1] ?? '';
  const part = { method: 'PUT', target: `/lake/k?partNumber=1&uploadId=${id}`, body: 'part' };
  const etag = String(accepted(await before.send(part)).headers.etag);
  const end = { method: 'POST', target: `/lake/k?uploadId=${id}`, body: completion([etag]) };

  // The folder of the upload comes back, as it was while the object was already there.
  const folder = join(dataDirectory, 'buckets', 'lake', 'uploads', id);
  const saved = join(await temporaryFolder(), 'upload');
  await cp(folder, saved, { recursive: true });
  accepted(await before.send(end));
  accepted(await before.send({ method, target: '/lake/k', body: method === 'PUT' ? 'newer' : '' }));
  before.close();
  await first.close();
  await cp(saved, folder, { recursive: true });

  const { port, lines } = await serve({ dataDirectory });
  const { send, close } = connectTo(port);
  expect((await send(end)).status).toBeGreaterThanOrEqual(400);
  const found = await send({ method: 'GET', target: '/lake/k' });
  expect(found.status === 404 ? 'nothing' : found.body.toString()).toBe(method === 'PUT' ? 'newer' : 'nothing');
  await expectSoundFolder(dataDirectory);
  expect(lines).toEqual([]);
  close();
});
