import { below } from '../helpers/random.ts';

export type Random = () => number;

/** One of the items. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

/** Whether something that happens in so many of a hundred cases does. */
export function chance(random: Random, percent: number): boolean {
  return random() * 100 < percent;
}

/** So many random bytes. */
export function bytes(random: Random, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => below(random, 256)));
}

/** A text with some bytes replaced, left out or doubled. */
export function damaged(random: Random, text: Buffer): Buffer {
  const at = below(random, text.length + 1);
  switch (below(random, 4)) {
    case 0:
      return Buffer.concat([text.subarray(0, at), bytes(random, 1 + below(random, 8)), text.subarray(at + 1)]);
    case 1:
      return text.subarray(0, at);
    case 2:
      return Buffer.concat([text.subarray(0, at), text.subarray(Math.max(0, at - 40))]);
    default: {
      const flipped = Buffer.from(text);
      if (at < text.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << below(random, 8));
      return flipped;
    }
  }
}

/** Numbers as a query or header may have them, most of them wrong. */
export const oddNumbers = [
  ...[
    '',
    '0',
    '1',
    '2',
    '7',
    '1000',
    '1001',
    '10000',
    '10001',
    '-1',
    '-0',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    '007',
    ' 1',
    '1 ',
  ],
  ...['NaN', 'Infinity', '2147483648', '9007199254740993', '9'.repeat(30), '9'.repeat(400), '١'],
];

/** Texts for queries, percent-encoded. */
export const oddTexts = [
  ...[
    '',
    '%00',
    '%',
    '%4',
    '%zz',
    '%c3%28',
    '%c0%ae',
    '%ed%a0%80',
    '%ff',
    '%u0041',
    '+',
    '%20',
    '%2B',
    '%2e%2e%2f',
    '..',
    '/',
  ],
  ...[
    '*',
    '%22',
    '%3C%3E%26',
    ';',
    '=',
    '%F0%9F%98%80',
    '%E2%80%A8',
    '%EF%BF%BF',
    '%EF%BF%BE',
    '%0d%0aX-Injected:%20yes',
  ],
  ...['__proto__', 'constructor', 'toString', 'url', 'null', 'undefined', 'true', 'a'.repeat(3000), '%61'.repeat(900)],
];
