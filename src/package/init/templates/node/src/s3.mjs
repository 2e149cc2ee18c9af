// A folder of a bucket over plain HTTP with AWS Signature 4: list, read, write.
// For more than that, `npm install @aws-sdk/client-s3`: it finds the same AWS_* variables.
import { createHash, createHmac } from 'node:crypto';

const { env } = process;

/** Names are relative to the folder; endpoint and keys come from the AWS_* variables. */
export function openFolder(bucket, path) {
  const endpoint = env.AWS_ENDPOINT_URL_S3 || `https://s3.${env.AWS_REGION}.amazonaws.com`;
  const url = `${endpoint.replace(/\/$/, '')}/${bucket}`;
  const folder = path
    .filter(Boolean)
    .map((part) => `${part.replace(/^\/+|\/+$/g, '')}/`)
    .join('');
  return {
    list: (pageSize = 1000) => listNames(url, folder, pageSize),
    lines: async function* (name) {
      yield* splitLines((await send('GET', url + encodePath(folder + name))).body);
    },
    put: (name, text) => send('PUT', url + encodePath(folder + name), text),
  };
}

async function listNames(url, folder, pageSize) {
  const keys = [];
  for (let truncated = true; truncated; ) {
    const after = keys.at(-1) ?? '';
    const query = {
      'encoding-type': 'url',
      'list-type': 2,
      'max-keys': pageSize,
      prefix: folder,
      'start-after': after,
    };
    const page = await (await send('GET', `${url}?${encodeQuery(query)}`)).text();
    keys.push(...Array.from(page.matchAll(/<Key>(.*?)<\/Key>/g), ([, key]) => decode(key)));
    truncated = page.includes('<IsTruncated>true</IsTruncated>');
  }
  return keys.map((key) => key.slice(folder.length));
}

async function* splitLines(body) {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function send(method, url, body = '') {
  const response = await fetch(url, { method, headers: sign(method, new URL(url), body), body: body || null });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function sign(method, url, body) {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [now.slice(0, 8), env.AWS_REGION, 's3', 'aws4_request'];
  const headers = { host: url.host, 'x-amz-content-sha256': sha256(body), 'x-amz-date': now };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const request = [method, url.pathname, url.search.slice(1), lines.join(''), names, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', now, scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce((key, part) => hmac(key, part), `AWS4${env.AWS_SECRET_ACCESS_KEY}`);
  const credential = `${env.AWS_ACCESS_KEY_ID}/${scope.join('/')}`;
  const signature = hmac(key, text).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const decode = (text) => decodeURIComponent(text.replaceAll('+', ' '));
const encodePath = (key) => `/${key.split('/').map(encode).join('/')}`;
const encodeQuery = (query) =>
  Object.entries(query)
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join('&');
