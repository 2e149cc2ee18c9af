import { Failure } from '../failure.ts';
import { portHolder } from '../tools/ports.ts';

/** A server of ours could not listen on its port: a conflict that another port solves. */
export class PortTaken extends Failure {}

/** Names who listens there, where that can be known. */
export async function portTaken(server: string, port: number): Promise<PortTaken> {
  const holder = await portHolder(port);
  return new PortTaken('conflict', {
    what: `${server} cannot listen on 127.0.0.1:${port}`,
    why: holder ? `${holder.program} (pid ${holder.pid}) listens there` : 'Another program listens there',
    next: 'Stop that program, or let "dk dev up" choose another port',
  });
}
