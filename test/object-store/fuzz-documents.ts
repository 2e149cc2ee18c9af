import { below } from '../helpers/random.ts';
import { chance, damaged, pick, type Random } from './fuzz-values.ts';

const mebibyte = 1024 * 1024;
const texts = [
  'k0',
  'k1',
  '',
  '&#0;',
  '&#x1F600;',
  '&amp;',
  '&x;',
  '&#xD800;',
  '&#99999999;',
  '&',
  ']]>',
  '\u0000',
  'é',
  '%00',
  '../k0',
  'x'.repeat(1100),
];

/** A document for an operation that takes one, in half of the cases as it should be. */
export function someDocument(random: Random, etag: string): Buffer {
  const whole = pick(random, [deletion, completion, configuration])(random, etag);
  if (chance(random, 50)) return Buffer.from(whole);
  if (chance(random, 50)) return damaged(random, Buffer.from(whole));
  return hostile(random, whole);
}

/** What deletes several objects. */
export function deletion(random: Random): string {
  const objects = Array.from({ length: below(random, 4) }, () => `<Object><Key>${pick(random, texts)}</Key></Object>`);
  const quiet = pick(random, ['', '<Quiet>true</Quiet>', '<Quiet>1</Quiet>', '<Quiet/>']);
  return `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${objects.join('')}${quiet}</Delete>`;
}

/** What completes an upload, mostly of the part that has the ETag. */
export function completion(random: Random, etag: string): string {
  const part = (number: string, tag: string) => `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag></Part>`;
  if (chance(random, 70)) return `<CompleteMultipartUpload>${part('1', etag)}</CompleteMultipartUpload>`;
  const number = () => pick(random, ['1', '2', '0', '-1', '1e0', '10001', 'x', '', '0x1', ' 1', '9'.repeat(400)]);
  const parts = Array.from({ length: below(random, 4) }, () =>
    part(number(), pick(random, [etag, '"x"', '', '&#34;'])),
  );
  return `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
}

function configuration(random: Random): string {
  const place = pick(random, ['', 'eu-west-1', 'us-east-1', '<a/>']);
  return `<CreateBucketConfiguration><LocationConstraint>${place}</LocationConstraint></CreateBucketConfiguration>`;
}

function hostile(random: Random, whole: string): Buffer {
  const doctype = (text: string) => `<!DOCTYPE x [${text}]>${whole.replace(/k\d/, '&h;')}`;
  const bomb = [...'bcdefgh']
    .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefg'[index]};`.repeat(50)}">`)
    .join('');
  switch (below(random, 14)) {
    case 0:
      return Buffer.from(doctype(`<!ENTITY a "${'x'.repeat(500)}">${bomb}`));
    case 1:
      return Buffer.from(doctype('<!ENTITY h SYSTEM "file:///etc/passwd">'));
    case 2:
      return Buffer.from('<Delete>'.repeat(5000) + '</Delete>'.repeat(below(random, 5001)));
    case 3:
      return Buffer.from(`<Delete>${'<Object><Key>k9</Key></Object>'.repeat(1001)}</Delete>`);
    case 4:
      return Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${whole}`, 'utf16le');
    case 5:
      return Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${whole}\xe9`, 'latin1');
    case 6:
      return Buffer.from(`${whole}<?php ?><!-- --><![CDATA[${'x'.repeat(1000)}]]>`);
    case 7:
      return Buffer.from(
        '<Delete><__proto__><Object><Key>k0</Key></Object></__proto__><constructor/><prototype>x</prototype></Delete>',
      );
    case 8:
      return Buffer.from(`<__proto__><polluted>yes</polluted></__proto__>`);
    case 9:
      return Buffer.from(
        `<Delete ${'a="b" '.repeat(2000)}${'c'.repeat(2000)}="1"><Object><Key>k9</Key></Object></Delete>`,
      );
    case 10:
      return Buffer.from(`<s3:Delete xmlns:s3="x"><s3:Object><s3:Key>k9</s3:Key></s3:Object></s3:Delete>`);
    case 11:
      // Large ones are rare: they take most of the time.
      return chance(random, 10)
        ? Buffer.alloc(2 * mebibyte + below(random, 100), '<a/>')
        : Buffer.from('<Delete></Delete');
    case 12:
      return chance(random, 10) ? Buffer.from(`<Delete>${'<a>'.repeat(140_000)}`) : Buffer.from('   \r\n');
    default:
      return Buffer.from('{"Delete": {"Object": []}}');
  }
}
