import { readFile, stat } from 'node:fs/promises';

/** An access key and its secret. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A key pair and the buckets that it opens; `'*'` opens all. */
export interface Grant extends KeyPair {
  readonly buckets: readonly string[] | '*';
}

interface KeyRingOptions {
  readonly rootKey?: KeyPair | undefined;
  readonly keysFile?: string | undefined;
  readonly log: (line: string) => void;
}

/** How long a key taken out of the file may still work, in milliseconds. */
const recheckAfter = 1000;

/** The keys that open this server: the root key and those of the keys file, as it is now. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  #grants = new Map<string, Grant>();
  #fileVersion = '';
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** The key's grant, or undefined for a key that is not known (any more). */
  async find(accessKeyId: string): Promise<Grant | undefined> {
    const { rootKey } = this.#options;
    if (rootKey?.accessKeyId === accessKeyId) return { ...rootKey, buckets: '*' };
    const isFresh = performance.now() - this.#checkedAt < recheckAfter;
    if (!isFresh || !this.#grants.has(accessKeyId)) await this.#refresh();
    return this.#grants.get(accessKeyId);
  }

  async #refresh(): Promise<void> {
    const { keysFile, log } = this.#options;
    if (keysFile === undefined) return;
    const version = await versionOf(keysFile);
    this.#checkedAt = performance.now();
    if (version === this.#fileVersion) return;
    try {
      const grants = version === absent ? [] : parseKeys(await readFile(keysFile, 'utf8'));
      this.#grants = new Map(grants.map((grant) => [grant.accessKeyId, grant]));
    } catch (error) {
      // The message of JSON.parse quotes the text, which holds secrets.
      log(
        `keys file ${keysFile} is not readable (${error instanceof SyntaxError ? 'not JSON' : error}); keeping the keys read before`,
      );
    }
    this.#fileVersion = version;
  }
}

const absent = 'absent';

async function versionOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return absent;
    throw error;
  }
}

function parseKeys(text: string): Grant[] {
  const parsed: unknown = JSON.parse(text);
  if (!isObject(parsed) || !Array.isArray(parsed.keys)) throw new TypeError('it has no list "keys"');
  return parsed.keys.map(parseGrant);
}

function parseGrant(value: unknown, index: number): Grant {
  if (!isObject(value)) throw new TypeError(`keys[${index}] is not an object`);
  const { accessKeyId, secretAccessKey, buckets } = value;
  if (
    typeof accessKeyId !== 'string' ||
    accessKeyId === '' ||
    typeof secretAccessKey !== 'string' ||
    secretAccessKey === ''
  ) {
    throw new TypeError(`keys[${index}] lacks accessKeyId or secretAccessKey`);
  }
  if (buckets === '*') return { accessKeyId, secretAccessKey, buckets };
  if (!Array.isArray(buckets) || !buckets.every((bucket) => typeof bucket === 'string')) {
    throw new TypeError(`keys[${index}].buckets is neither "*" nor a list of names`);
  }
  return { accessKeyId, secretAccessKey, buckets };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
