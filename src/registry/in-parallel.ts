/** So many requests at once: more would only wait for each other, or be refused. */
const workers = 8;

/** Does the work for every item, a few at once; results are in the items' order. The first error ends it all. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  const worker = async () => {
    for (let index = next++; index < items.length && !failed; index = next++) {
      const [item] = items.slice(index, index + 1) as [Item];
      results[index] = await work(item);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(workers, items.length) }, () =>
      worker().catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  return results;
}
