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
  /** 0 outside of the array, 1 between its elements' own brackets. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #closed = false;
  #found = 0;
  #element = '';
  /** Of the element's first character; undefined before it. */
  #elementLine: number | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  *push(text: string): Generator<Line> {
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      const char = text.charAt(index);
      if (this.#depth === 0) {
        this.#takeOutside(char);
        start = index + 1;
      } else if (this.#endsElement(char)) {
        yield* this.#finish(text.slice(start, index), char === ']');
        start = index + 1;
      } else this.#takeInside(char);
      if (char === '\n') this.#line++;
    }
    if (this.#depth > 0) this.#element += text.slice(start);
    checkLength(this.#element.length, this.#name, this.#elementLine ?? this.#line);
  }

  end(): void {
    if (!this.#closed) throw this.#broken('the array does not end');
  }

  #takeOutside(char: string): void {
    if (isSpace(char)) return;
    if (this.#closed) throw this.#broken('something follows the array');
    if (char !== '[') throw this.#broken('it is not an array of rows');
    this.#depth = 1;
  }

  #endsElement(char: string): boolean {
    return this.#depth === 1 && !this.#inString && (char === ',' || char === ']');
  }

  #takeInside(char: string): void {
    if (!isSpace(char)) this.#elementLine ??= this.#line;
    if (this.#inString) this.#takeInString(char);
    else if (char === '"') this.#inString = true;
    else if (char === '[' || char === '{') this.#depth++;
    else if (char === ']' || char === '}') this.#depth--;
  }

  #takeInString(char: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (char === '\\') this.#escaped = true;
    else if (char === '"') this.#inString = false;
  }

  *#finish(rest: string, last: boolean): Generator<Line> {
    const element = { text: (this.#element + rest).trim(), line: this.#elementLine ?? this.#line };
    this.#element = '';
    this.#elementLine = undefined;
    this.#closed = last;
    if (last) this.#depth = 0;
    if (last && element.text === '' && this.#found === 0) return;
    this.#found++;
    yield element;
  }

  #broken(why: string): Failure {
    return new Failure('invalid', { what: `${this.#name}:${this.#line}: cannot be read as JSON`, why });
  }
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}
