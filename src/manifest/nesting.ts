import type { CST } from 'yaml';

/** Whether a syntax token holds collections more than `limit` levels deep; walks without recursion. */
export function nestsDeeperThan(token: CST.Token, limit: number): boolean {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const depth = next.depth + 1;
    if (depth > limit) return true;
    for (const inner of innerTokens(next.token)) open.push({ token: inner, depth });
  }
  return false;
}

function innerTokens(token: CST.Token): readonly CST.Token[] {
  if ('items' in token) return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
  return token.type === 'document' && token.value !== undefined ? [token.value] : [];
}
