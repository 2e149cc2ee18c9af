import { choice, number, option, repeated } from './program.ts';

// Flags that several commands have.
export const output = choice('-o, --output <format>', 'how the result is printed', ['table', 'json', 'yaml'], 'table');
export const cell = option('--cell <name>', 'the cell to use');
export const cells = repeated('--cell <name>', 'a cell; may be given several times');
export const environment = option('--env <name>', 'the environment (DK_ENV, else local)');
export const where = option('--context <name>', 'where the cells are: an environment, or a context of your kubeconfig');
export const confirm = repeated('--confirm <cell>', 'a cell of tier stable or prod, outside environments, to change');
export const jsonEvents = option('--json-events', 'progress as one JSON object a line, on stderr', false);
export const yes = option('--yes', 'do not ask', false);
export const waitLock = number('--wait-lock <seconds>', 'how long to wait for another dk', 60);
export const follow = option('-f, --follow', 'go on as long as more is written', false);
export const packageFolder = option('--package <dir>', 'the folder of the package', '.');
export const runtime = option('--runtime <runtime>', 'node or python', 'node');
export const registry = option('--registry <address>', 'host[:port][/namespace] of an OCI registry (DK_REGISTRY)');
export const plainHttp = option('--plain-http', 'speak to the registry without TLS, on another machine too', false);
