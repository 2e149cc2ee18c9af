import type { RegistryClient, RegistryRequest } from './client.ts';
import { RegistryFault } from './fault.ts';

/** A registry whose pages lead in a circle must not keep us for ever. */
const mostPages = 1000;

/** Every page of a list, each as the JSON that it is. The registry says how long a page is: some refuse to be told. */
export async function readPages(client: RegistryClient, path: string, scope: string): Promise<readonly unknown[]> {
  const pages: unknown[] = [];
  const seen = new Set<string>();
  let next: string | undefined = path;
  while (next !== undefined && !seen.has(next) && pages.length < mostPages) {
    seen.add(next);
    const request: RegistryRequest = { method: 'GET', path: next, scope };
    const page: { body: unknown; link: string | undefined } = await client.send(request, async (answer) => ({
      body: parseJson(await answer.body.text()),
      link: answer.header('link'),
    }));
    pages.push(page.body);
    next = nextOf(page.link, new URL(next, client.address.origin));
  }
  return pages;
}

/** What a registry says in JSON; not checked. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RegistryFault('corrupt', `not JSON: ${text.slice(0, 80)}`);
  }
}

/** The address behind `rel="next"`, relative to the page's own. */
function nextOf(link: string | undefined, page: URL): string | undefined {
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '') ?? [];
  if (target === undefined || !URL.canParse(target, page.href)) return undefined;
  const { pathname, search } = new URL(target, page);
  return pathname + search;
}
