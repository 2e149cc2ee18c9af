import { S3Error } from '../errors.ts';

/** Pulls lines and stretches of bytes out of a stream of chunks. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF, as Latin-1; IncompleteBody without one in `maximum` bytes. */
  async line(maximum: number): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n', 0, 'latin1');
      if (end >= 0 && end <= maximum) {
        const line = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > maximum || !(await this.#fill())) throw new S3Error('IncompleteBody');
    }
  }

  /** The next bytes that are there, at least one and at most `maximum`; IncompleteBody at the end. */
  async some(maximum: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      if (!(await this.#fill())) throw new S3Error('IncompleteBody');
    }
    const bytes = this.#rest.subarray(0, maximum);
    this.#rest = this.#rest.subarray(bytes.length);
    return bytes;
  }

  /** Whether nothing more comes. */
  async atEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      if (!(await this.#fill())) return true;
    }
    return false;
  }

  /** Lets the source go, wherever it is. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #fill(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }
}
