import type { CST } from 'yaml';

/** The first token found more than `limit` levels deep in another, if there is one; walks without recursion. */
export function tooDeep(token: CST.Token, limit: number): CST.Token | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const depth = next.depth + 1;
    if (depth > limit) return next.token;
    for (const inner of innerTokens(next.token)) open.push({ token: inner, depth });
  }
  return undefined;
}

function innerTokens(token: CST.Token): readonly CST.Token[] {
  if ('items' in token) return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
  return token.type === 'document' && token.value !== undefined ? [token.value] : [];
}
