import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';

export const templateRuntimes = ['node', 'python'] as const;
export type TemplateRuntime = (typeof templateRuntimes)[number];

/** The runtime itself, or a usage Failure that names the ones there are templates for. */
export function checkRuntime(runtime: string): TemplateRuntime {
  const known = templateRuntimes.find((candidate) => candidate === runtime);
  if (known !== undefined) return known;
  throw new Failure('usage', {
    what: `There is no template for the runtime ${JSON.stringify(runtime)}${didYouMean(runtime, templateRuntimes)}`,
    why: `dk init writes packages for ${templateRuntimes.join(' and ')}`,
    next: templateRuntimes.map((each) => `dk init my-package --runtime ${each}`),
  });
}
