import { XMLValidator } from 'fast-xml-parser';
import { S3Error, type S3ErrorCode } from '../../src/object-store/errors.ts';
import type { Shot } from './fuzz-wire.ts';

/** An answer as it came, without those that only say "go on". */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** The answer that the bytes begin with, and what follows it; undefined while it is not whole. Throws where it is not HTTP. */
export function parseAnswer(received: Buffer, isHead: boolean): { answer: Answer; rest: Buffer } | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...fields] = received.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) throw new Error(`this is no status line: ${statusLine}`);
  const after = received.subarray(end + 4);
  if (status < 200) return parseAnswer(after, isHead);
  const headers = new Map(fields.map(parseField));
  if (headers.size !== fields.length) throw new Error(`a header stands twice: ${fields.join(', ')}`);
  // What could not be read as a request was no HEAD, either.
  const isAnsweredHead = isHead && headers.has('x-amz-request-id');
  const length =
    isAnsweredHead || status === 204 || status === 304 ? 0 : Number(headers.get('content-length') ?? Number.NaN);
  if (!Number.isInteger(length)) throw new Error('the answer does not say how long it is');
  if (after.length < length) return undefined;
  return { answer: { status, headers, body: after.subarray(0, length) }, rest: after.subarray(length) };
}

function parseField(field: string): [string, string] {
  const [, name = '', value = ''] = /^([\w-]+): ?([\t\x20-\x7e\x80-\xff]*)$/.exec(field) ?? [];
  if (!knownHeaders.test(name)) throw new Error(`this is no header of ours: ${field}`);
  return [name.toLowerCase(), value];
}

const knownHeaders =
  /^(accept-ranges|cache-control|connection|content-(disposition|encoding|language|length|range|type)|date|etag|expires|keep-alive|last-modified|location|x-amz-(bucket-region|checksum-[\w-]+|meta-.*|request-id|server-id)|x-server-id)$/i;

/** All answers in what a connection brought; a HEAD's have a length but no body. */
export function parseAnswers(received: Buffer): Answer[] {
  if (received.length === 0) return [];
  // First as one without a body: the next answer may be as long as the body that this one only tells of.
  for (const isHead of [true, false]) {
    const parsed = parseAnswer(received, isHead);
    const rest = parsed && (parsed.rest.length === 0 || parsed.rest.toString('latin1', 0, 5) === 'HTTP/');
    if (parsed !== undefined && rest) return [parsed.answer, ...parseAnswers(parsed.rest)];
  }
  throw new Error(`this is not a row of answers: ${received.toString('latin1', 0, 500)}`);
}

/** What only the root key may read. */
export const secret = 'ONLY FOR ROOT';

/** What is wrong with an answer; undefined if nothing is. */
export function faultIn(answer: Answer, shot: Shot): string | undefined {
  const { status, headers, body } = answer;
  const isHealthy = shot.path.startsWith('/minio/health/live');
  if (status === 500 || status === 503 || status === 507) return 'the server is at fault';
  if (body.includes('InternalError')) return 'a part of the answer is a fault of the server';
  if (shot.isForged && status < 400 && !isHealthy) return 'a forged signature got through';
  if (body.includes(secret) && !shot.isRoot) return 'a key reads what it does not open';
  const isDocument = headers.get('content-type') === 'application/xml' && !headers.has('etag');
  if (isDocument && body.length > 0 && XMLValidator.validate(body.toString()) !== true)
    return 'the document is not well-formed';
  if (status >= 400 && body.length > 0) return faultInError(answer);
  return status >= 400 && shot.method !== 'HEAD' && shot.isWhole ? 'an error without a document' : undefined;
}

function faultInError({ status, body }: Answer): string | undefined {
  const code = errorCode(body);
  if (code === undefined) return 'an error without a code';
  try {
    const expected = new S3Error(code as S3ErrorCode).status;
    return status === expected ? undefined : `${code} has status ${expected}, not ${status}`;
  } catch {
    return `${code} is no error of ours`;
  }
}

/** The code in S3's error document. */
export function errorCode(body: Buffer): string | undefined {
  return /^<\?xml [^>]*>\s*<Error><Code>(\w+)<\/Code>/.exec(body.toString())?.[1];
}
