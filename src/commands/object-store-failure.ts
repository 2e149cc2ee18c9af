import type { Context } from '../context.ts';
import { portTaken } from '../environment/port-taken.ts';
import { Failure, reasonOf } from '../failure.ts';
import { FolderInUseError } from '../object-store/server.ts';

interface Wanted {
  readonly data: string;
  readonly port: number;
}

/** What kept the object store from serving, as a Failure where the user can mend it; the reason keeps the system's own word. */
export async function whyNotServed({ program }: Context, error: unknown, { data, port }: Wanted): Promise<unknown> {
  const why = reasonOf(error);
  const withAnyPort = `${program} object-store --data ${data} --port 0`;
  if (error instanceof FolderInUseError) {
    return new Failure('conflict', {
      what: `${data} cannot be served`,
      why,
      next: 'Stop that server, or name another folder',
    });
  }
  switch (error instanceof Error && 'code' in error && error.code) {
    case 'EADDRINUSE': {
      const taken = await portTaken('The object store', port);
      return new Failure('conflict', {
        what: taken.message,
        why: [...taken.why, why],
        next: withAnyPort,
        cause: error,
      });
    }
    case 'ERR_SOCKET_BAD_PORT':
      return new Failure('usage', { what: `${port} is no port`, why, next: withAnyPort });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EEXIST':
    case 'ENOTDIR':
      return new Failure('prerequisite', {
        what: `The object store cannot serve ${data} on port ${port}`,
        why,
        next: 'Name a folder that can be written, and a port from 1024 on',
        cause: error,
      });
    default:
      return error;
  }
}
