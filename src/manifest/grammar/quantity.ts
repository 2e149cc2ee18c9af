const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The amount that a Kubernetes quantity such as `200m`, `512Mi` or `1e3` stands for; undefined for anything else. */
export function parseQuantity(text: string): number | undefined {
  const [, amount, suffix = '', exponent = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|([eE][+-]?\d+))?$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(`${amount}${exponent}`) * (suffixes[suffix] ?? 1);
}
