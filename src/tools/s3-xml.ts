type Element = Readonly<Record<string, unknown>>;

/** Reads an S3 answer: the children of its root element, with texts as texts; empty for what is no XML. */
export async function readXml(text: string): Promise<Element> {
  const { XMLParser } = await import('fast-xml-parser');
  const parser = new XMLParser({
    processEntities: false,
    parseTagValue: false,
    trimValues: false,
    ignoreDeclaration: true,
    removeNSPrefix: true,
    isArray: (_name, path) => lists.has(String(path)),
    tagValueProcessor: (_name, value) => decodeEntities(value),
  });
  try {
    return elementOf(Object.values(elementOf(parser.parse(text)))[0]);
  } catch {
    // A proxy may answer with anything.
    return {};
  }
}

const lists = new Set(['ListBucketResult.Contents', 'DeleteResult.Error']);

/** The children of an element that may be empty, which the parser gives as a text. */
function elementOf(value: unknown): Element {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** All elements of a name. */
export function elementsOf(value: unknown): readonly Element[] {
  return Array.isArray(value) ? value.map(elementOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

// The parser's own decoding drops the control characters that keys may have.
function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(amp|lt|gt|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

export function encodeEntities(text: string): string {
  const reference = (character: string) => `&#${character.codePointAt(0)};`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may have control characters
  return text.replaceAll(/[&<>"'\u0000-\u001f]/g, reference);
}
