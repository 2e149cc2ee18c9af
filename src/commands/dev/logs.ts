import type { Context } from '../../context.ts';
import { type Environment, type Service, serviceNames } from '../../environment/environment.ts';
import { secretsOfCells } from '../../environment/known-secrets.ts';
import { environmentName } from '../../environment/names.ts';
import { needEnvironment } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import { printText } from '../../report/result.ts';

interface DevLogsFlags {
  readonly env?: string;
  /** Both servers when absent. */
  readonly service?: string | undefined;
  readonly follow: boolean;
}

/** `dk dev logs`: what the servers wrote, without any secret; of both, each line names its server. */
export async function devLogs(context: Context, { env, service, follow }: DevLogsFlags): Promise<void> {
  const names = service === undefined ? serviceNames : [parseService(context, service)];
  const environment = await needEnvironment(context, environmentName(context, env));
  context.secrets.add(await secretsOfCells(environment.cells));
  const print = (name: Service['name']) => {
    const prefix = names.length === 1 ? '' : `${name.padEnd(widest)} | `;
    return printLog(context, environment.logs(name, { follow }), prefix);
  };
  if (follow) await Promise.all(names.map(print));
  else for (const name of names) await print(name);
}

const widest = Math.max(...serviceNames.map((name) => name.length));

function parseService({ program }: Context, text: string): Service['name'] {
  const name = serviceNames.find((each) => each === text);
  if (name !== undefined) return name;
  throw new Failure('usage', {
    what: `There is no server ${text}${didYouMean(text, serviceNames)}`,
    why: `An environment has ${serviceNames.join(' and ')}`,
    next: serviceNames.map((each) => `${program} dev logs ${each}`),
  });
}

async function printLog(context: Context, lines: ReturnType<Environment['logs']>, prefix: string): Promise<void> {
  for await (const line of lines) await printText(context, `${prefix}${line}\n`);
}
