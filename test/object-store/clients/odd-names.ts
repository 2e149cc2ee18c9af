/** Parts of keys that clients tend to stumble over; the clients in Python have the same. */
export const oddNames = [
  'a b',
  'a+b',
  'a%b',
  'a%2Fb',
  "quote'",
  'ünï-cödé',
  '日本語',
  '\u{1F600}',
  'a=b&c',
  '(x)!~*',
  'a;b:c@d,e$f',
] as const;
