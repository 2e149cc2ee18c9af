import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from './errors.ts';

/** What an XML answer is made of: an array repeats its element, undefined leaves it out. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent };

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

// Entities are escaped and decoded here: the library can neither write the characters that
// XML 1.0 only allows as references nor decode references without reading a DOCTYPE too.
const builder = new XMLBuilder({
  processEntities: false,
  suppressEmptyNode: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  tagValueProcessor: (_name, value) => escapeXml(String(value)),
});

const parser = new XMLParser({
  processEntities: false,
  parseTagValue: false,
  trimValues: false,
  ignoreAttributes: true,
  removeNSPrefix: true,
  maxNestedTags: 16,
});

/** An S3 answer document in S3's namespace. */
export function toXml(root: string, content: { readonly [name: string]: XmlContent }): string {
  return document({ [root]: { '@xmlns': namespace, ...content } });
}

/** S3's error document, which has no namespace. */
export function errorXml(content: { readonly [name: string]: XmlContent }): string {
  return document({ Error: content });
}

function document(content: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(content)}`;
}

function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold them, and S3 writes them as references
  return text.replace(/[&<>"\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/g, (character) =>
    character in named ? named[character as keyof typeof named] : `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

const named = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const;

/** A request's document as the element that it must have as its root; MalformedXML otherwise. */
export function parseXml(text: string, root: string): XmlElement {
  if (isSuspicious(text) || XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML');
  const parsed: unknown = parse(text);
  if (typeof parsed !== 'object' || parsed === null || !(root in parsed)) throw new S3Error('MalformedXML');
  return new XmlElement((parsed as Record<string, unknown>)[root]);
}

/** 10,000 parts have 80,000 tags; the parser takes a second for half a million. */
const maximumTags = 150_000;

/**
 * Whether the document has what no S3 request has. Without a DOCTYPE there is no way to define an entity, and
 * comments, CDATA and processing instructions take the parser much longer than their length would tell.
 */
function isSuspicious(text: string): boolean {
  return /<!|<\?(?!xml\s)/.test(text) || text.split('<').length > maximumTags;
}

function parse(text: string): unknown {
  try {
    return parser.parse(text);
  } catch {
    throw new S3Error('MalformedXML');
  }
}

/** A parsed element, read by the names of its children. */
export class XmlElement {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  /** The child elements of that name, in order. */
  all(name: string): XmlElement[] {
    if (typeof this.#value !== 'object' || this.#value === null || !Object.hasOwn(this.#value, name)) return [];
    const child = (this.#value as Record<string, unknown>)[name];
    return (Array.isArray(child) ? child : [child]).map((value) => new XmlElement(value));
  }

  /** The text of the only child of that name, or undefined without one. */
  text(name: string): string | undefined {
    const [child, ...more] = this.all(name);
    if (child === undefined) return undefined;
    if (more.length > 0 || typeof child.#value !== 'string') throw new S3Error('MalformedXML');
    return decodeReferences(child.#value);
  }

  /** As `text`, for a child that must be there. */
  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw new S3Error('MalformedXML');
    return text;
  }
}

function decodeReferences(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    if (!whole.endsWith(';')) throw new S3Error('MalformedXML');
    if (name.startsWith('#')) return characterOf(name.slice(1));
    const character = predefined.get(name);
    if (character === undefined) throw new S3Error('MalformedXML');
    return character;
  });
}

const predefined = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function characterOf(reference: string): string {
  const code = /^x[0-9a-f]{1,6}$/i.test(reference)
    ? Number.parseInt(reference.slice(1), 16)
    : /^[0-9]{1,7}$/.test(reference)
      ? Number(reference)
      : Number.NaN;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  if (Number.isNaN(code) || code > 0x10ffff || isSurrogate) throw new S3Error('MalformedXML');
  return String.fromCodePoint(code);
}
