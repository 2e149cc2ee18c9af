import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { exchange, lines, type RawAnswer } from './raw.ts';
import { clientFor, serve } from './serving.ts';
import { signed } from './signing.ts';

/** What a raw request has besides its method and target. */
interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A server with the bucket `lake`, a client of the SDK, and a way to ask what no SDK would: signed, but not helped. */
export async function withBucket() {
  const { port, dataDirectory, lines: log } = await serve();
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  const ask = async (method: string, target: string, { headers = {}, body = '' }: Asked = {}): Promise<RawAnswer> => {
    const length = method === 'PUT' || method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const request = { method, target, headers: { ...length, ...headers }, body };
    return await exchange(port, lines(method, target, signed(request, { port }).headers), body);
  };
  return { port, client, ask, log, dataDirectory };
}

/** The text of the element of that name, or of all of them. */
export function elements({ body }: RawAnswer, name: string): string[] {
  return [...body.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => text);
}
