import type { Context } from '../../context.ts';
import type { Environment, Service } from '../../environment/environment.ts';
import { secretsOfCells } from '../../environment/known-secrets.ts';
import { environmentName } from '../../environment/names.ts';
import { needEnvironment, needRunning } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import { printText } from '../../report/result.ts';

interface DevLogsFlags {
  readonly env?: string;
  /** All of them when absent. */
  readonly service?: string | undefined;
  readonly follow: boolean;
}

/** `dk dev logs`: what the servers wrote, without any secret; of several, each line names its server. */
export async function devLogs(context: Context, { env, service, follow }: DevLogsFlags): Promise<void> {
  const name = environmentName(context, env);
  const environment = await needEnvironment(context, name);
  const { serviceNames } = environment;
  const servers = service === undefined ? serviceNames : [parseService(context, service, serviceNames)];
  const widest = Math.max(...serviceNames.map((each) => each.length));
  // A cluster keeps the logs of its servers, and gives them only while it runs.
  if (environment.cluster) await needRunning(context, name);
  context.secrets.add(await secretsOfCells(environment.cells));
  const print = (server: Service['name']) => {
    const prefix = servers.length === 1 ? '' : `${server.padEnd(widest)} | `;
    return printLog(context, environment.logs(server, { follow }), prefix);
  };
  if (follow) await Promise.all(servers.map(print));
  else for (const server of servers) await print(server);
}

function parseService({ program }: Context, text: string, serviceNames: readonly Service['name'][]): Service['name'] {
  const name = serviceNames.find((each) => each === text);
  if (name !== undefined) return name;
  throw new Failure('usage', {
    what: `There is no server ${text}${didYouMean(text, serviceNames)}`,
    why: `This environment has ${serviceNames.join(', ')}`,
    next: serviceNames.map((each) => `${program} dev logs ${each}`),
  });
}

async function printLog(context: Context, lines: ReturnType<Environment['logs']>, prefix: string): Promise<void> {
  for await (const line of lines) await printText(context, `${prefix}${line}\n`);
}
