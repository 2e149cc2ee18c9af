// The client of the object stores' benchmark, a process of its own: takes one load after the other, tells what came of each.
import { Connection, signed } from './object-store-connection.mjs';

const bodies = new Map();
const loads = { makeBucket, put, get, list, upload, download };

process.on('message', async ({ load, ...options }) => {
  try {
    process.send({ result: await loads[load](options) });
  } catch (error) {
    process.send({ error: error.stack });
  }
});

async function makeBucket({ port, bucket }) {
  await run(port, [signed(port, { method: 'PUT', path: `/${bucket}` })], { connections: 1 });
}

/** New keys below the prefix, until `count` are there or the time is over. */
async function put({ port, bucket, prefix, size, count, ...limits }) {
  const body = bodyOf(size);
  const requests = Array.from({ length: count }, (_, index) =>
    signed(port, { method: 'PUT', path: `/${bucket}/${prefix}${numbered(index)}`, body }),
  );
  return await run(port, requests, { ...limits, bytes: size });
}

/** The first `keys` keys below the prefix, over and over. */
async function get({ port, bucket, prefix, size, keys, count, ...limits }) {
  const requests = Array.from({ length: count }, (_, index) =>
    signed(port, { method: 'GET', path: `/${bucket}/${prefix}${numbered(index % keys)}` }),
  );
  return await run(port, requests, { ...limits, bytes: size, expected: size });
}

const numbered = (index) => String(index).padStart(6, '0');

/** All keys below the prefix, in pages, over and over. */
async function list({ port, bucket, prefix, keys, seconds }) {
  const connection = await new Connection().open(port);
  const sample = startSample();
  while (sample.elapsed() < seconds) {
    let [listed, token] = [0, ''];
    do {
      const after = token && `continuation-token=${encodeURIComponent(token)}&`;
      const query = `${after}list-type=2&max-keys=1000&prefix=${encodeURIComponent(prefix)}`;
      const { text } = await sample.time(() =>
        connection.send(signed(port, { method: 'GET', path: `/${bucket}`, query }), true),
      );
      listed += text.split('<Key>').length - 1;
      token = /<NextContinuationToken>([^<]+)/.exec(text)?.[1];
    } while (token);
    if (listed !== keys) throw new Error(`${listed} keys were listed instead of ${keys}`);
  }
  connection.close();
  return sample.end();
}

/** One object in parts; begun and completed within the time. */
async function upload({ port, bucket, key, parts, partSize, connections }) {
  const path = `/${bucket}/${key}`;
  const body = bodyOf(partSize);
  const connection = await new Connection().open(port);
  const sample = startSample();
  const begun = await connection.send(signed(port, { method: 'POST', path, query: 'uploads=' }), true);
  const id = encodeURIComponent(/<UploadId>([^<]+)/.exec(begun.text)[1]);
  const requests = Array.from({ length: parts }, (_, index) =>
    signed(port, { method: 'PUT', path, query: `partNumber=${index + 1}&uploadId=${id}`, body }),
  );
  const heads = await sendAll(port, requests, { connections, sample, bytes: partSize });
  const listed = heads.map((head, index) => {
    const tag = /\r\netag: *([^\r]+)/i.exec(head)[1];
    return `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`;
  });
  const xml = Buffer.from(`<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`);
  const completed = await connection.send(
    signed(port, { method: 'POST', path, query: `uploadId=${id}`, body: xml }),
    true,
  );
  if (!completed.text.includes('<ETag>')) throw new Error(`the upload was not completed: ${completed.text}`);
  connection.close();
  return sample.end();
}

/** One object in ranges. */
async function download({ port, bucket, key, parts, partSize, connections }) {
  const requests = Array.from({ length: parts }, (_, index) => {
    const range = `bytes=${index * partSize}-${(index + 1) * partSize - 1}`;
    return signed(port, { method: 'GET', path: `/${bucket}/${key}`, headers: { range } });
  });
  return await run(port, requests, { connections, bytes: partSize, expected: partSize });
}

function bodyOf(size) {
  const known = bodies.get(size);
  if (known) return known;
  const body = Buffer.alloc(size, 'what is in it is of no account; ');
  bodies.set(size, body);
  return body;
}

async function run(port, requests, limits) {
  const sample = startSample();
  await sendAll(port, requests, { ...limits, sample });
  return sample.end();
}

/** Each connection takes the next request, until none is left or the time is over; the heads of the answers. */
async function sendAll(port, requests, { connections, sample, bytes, expected, seconds = Infinity }) {
  const heads = [];
  const open = await Promise.all(Array.from({ length: connections }, () => new Connection().open(port)));
  let next = 0;
  sample.restart();
  const work = async (connection) => {
    while (next < requests.length && sample.elapsed() < seconds) {
      const index = next++;
      const { head, size } = await sample.time(() => connection.send(requests[index]), bytes);
      if (expected !== undefined && size !== expected) throw new Error(`${size} bytes came instead of ${expected}`);
      heads[index] = head;
    }
  };
  await Promise.all(open.map(work));
  for (const connection of open) connection.close();
  return heads;
}

/** Latencies in milliseconds, the time over all in seconds, and the client's own CPU time in seconds. */
function startSample() {
  const latencies = [];
  let moved = 0;
  let [began, cpu] = [performance.now(), process.cpuUsage()];
  return {
    elapsed: () => (performance.now() - began) / 1000,
    /** Begins anew, unless something was timed already. */
    restart() {
      if (latencies.length === 0) [began, cpu] = [performance.now(), process.cpuUsage()];
    },
    async time(work, bytes = 0) {
      const start = performance.now();
      const result = await work();
      latencies.push(performance.now() - start);
      moved += bytes;
      return result;
    },
    end() {
      const seconds = (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      return { latencies, seconds, bytes: moved, clientCpu: (user + system) / 1e6 };
    },
  };
}
