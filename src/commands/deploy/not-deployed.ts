import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import type { Deployments } from '../../release/deploy/deployments.ts';

/** The Failure of a package that is not in a cell, or in none, with where it is. */
export async function notDeployed(deployments: Deployments, pkg: string, cell: string | undefined): Promise<Failure> {
  const all = await deployments.list();
  const cells = all.filter((each) => each.package === pkg).map((each) => each.cell);
  const packages = [...new Set(all.map((each) => each.package))];
  return new Failure('notFound', {
    what: `${pkg} is not deployed to ${cell === undefined ? 'any cell' : `cell ${cell}`} in ${deployments.where}`,
    why: cells.length > 0 ? `It is in ${cells.join(', ')}` : `It is in no cell${didYouMean(pkg, packages)}`,
  });
}
