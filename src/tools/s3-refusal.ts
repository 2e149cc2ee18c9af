import { isMapping, type Mapping } from '../manifest/mapping.ts';
import { readXml, textOf } from './s3-xml.ts';

/** An answer of an S3 server that is not a success. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  readonly status: number;
  /** S3's own code, such as `NoSuchBucket`; empty where the server gave none. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Reads S3's error document, or MinIO's in JSON; answers to HEAD have none. */
export async function refusalOf(status: number, body: string): Promise<S3Refusal> {
  const error = body === '' ? {} : (readJson(body) ?? (await readXml(body)));
  const code = textOf(error['Code']);
  const message = textOf(error['Message']);
  return new S3Refusal(status, code, [`HTTP ${status}`, code, message].filter((part) => part !== '').join(': '));
}

function readJson(body: string): Mapping | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
