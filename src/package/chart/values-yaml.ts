import { stringify } from 'yaml';
import type { Release } from './make-chart.ts';

/** The text of a package's values.yaml: what is the chart's own, and what a deployment may say. */
export function formatValues(name: string, { image, registry }: Pick<Release, 'image' | 'registry'>): string {
  return [
    `# The cell that ${name} runs in. Each deployment says it.`,
    'cell: ""',
    '# The namespace of that cell; empty for dk-<cell>.',
    'namespace: ""',
    ...(image === undefined ? [] : ['# What runs the package.', pair('image', image)]),
    ...(registry === undefined ? [] : ['# Where the package is found.', 'package:', `  ${pair('registry', registry)}`]),
    overrides,
  ].join('\n');
}

function pair(name: string, value: string): string {
  return stringify({ [name]: value }, { lineWidth: 0, compat: 'yaml-1.1' }).trimEnd();
}

const overrides = `
# What stands here is stronger than dk.yaml:
# schedule: "0 */6 * * *"      # or a map of cron, timezone and suspend
# suspend: true                # keeps the schedule, starts nothing
# timeout: 20m
# resources:
#   requests:
#     cpu: 200m
#     memory: 512Mi
# replicas: 2                  # of a streaming package
# env:
#   - name: LOG_LEVEL
#     value: debug
# serviceAccountName: reader
# imagePullSecrets:
#   - name: registry-login
`;
