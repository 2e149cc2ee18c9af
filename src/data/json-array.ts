import { Failure } from '../failure.ts';
import { checkLength, type Line } from './text-lines.ts';

/** The elements of a JSON array as they are written, one at a time: an array may be larger than memory. */
export async function* splitJsonArray(texts: AsyncIterable<string>, name: string): AsyncGenerator<Line> {
  const splitter = new ArraySplitter(name);
  for await (const text of texts) yield* splitter.push(text);
  splitter.end();
}

/** Knows brackets and strings, nothing else: each element is still to be parsed. */
class ArraySplitter {
  readonly #name: string;
  #line = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #closed = false;
  #found = 0;
  #element = '';
  #elementLine = 1;

  constructor(name: string) {
    this.#name = name;
  }

  *push(text: string): Generator<Line> {
    for (const char of text) {
      const element = this.#take(char);
      if (element !== undefined) yield element;
      if (char === '\n') this.#line++;
    }
    checkLength(this.#element.length, this.#name, this.#elementLine);
  }

  end(): void {
    if (!this.#closed) throw this.#broken('the array does not end');
  }

  #take(char: string): Line | undefined {
    if (this.#depth === 0) return this.#takeOutside(char);
    if (!this.#inString && this.#depth === 1 && (char === ',' || char === ']')) return this.#finish(char === ']');
    if (this.#element === '') {
      if (/\s/.test(char)) return undefined;
      this.#elementLine = this.#line;
    }
    this.#element += char;
    if (this.#inString) this.#takeInString(char);
    else if (char === '"') this.#inString = true;
    else if (char === '[' || char === '{') this.#depth++;
    else if (char === ']' || char === '}') this.#depth--;
    return undefined;
  }

  #takeOutside(char: string): undefined {
    if (/\s/.test(char)) return;
    if (this.#closed) throw this.#broken('something follows the array');
    if (char !== '[') throw this.#broken('it is not an array of rows');
    this.#depth = 1;
  }

  #takeInString(char: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (char === '\\') this.#escaped = true;
    else if (char === '"') this.#inString = false;
  }

  #finish(last: boolean): Line | undefined {
    const element = { text: this.#element, line: this.#element === '' ? this.#line : this.#elementLine };
    this.#element = '';
    if (last) this.#depth = 0;
    this.#closed = last;
    if (last && element.text === '' && this.#found === 0) return undefined;
    this.#found++;
    return element;
  }

  #broken(why: string): Failure {
    return new Failure('invalid', { what: `${this.#name}:${this.#line}: cannot be read as JSON`, why });
  }
}
