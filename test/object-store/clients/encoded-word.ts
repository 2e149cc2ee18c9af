/** A header's text from the form in which S3 answers with metadata beyond ASCII: one RFC 2047 word, in base64 or quoted. */
export function decodeWord(text: unknown): string {
  const [, form, encoded = ''] = /^=\?UTF-8\?([BbQq])\?(.*)\?=$/.exec(String(text)) ?? [];
  switch (form?.toUpperCase()) {
    case 'B':
      return Buffer.from(encoded, 'base64').toString('utf8');
    case 'Q':
      return decodeURIComponent(encoded.replaceAll('%', '%25').replaceAll('_', ' ').replaceAll('=', '%'));
    default:
      throw new Error(`no RFC 2047 word: ${text}`);
  }
}
