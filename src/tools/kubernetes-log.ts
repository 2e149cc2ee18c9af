import type { Readable } from 'node:stream';
import { attemptOf, type Caller } from './kubernetes-call.ts';
import type { Http } from './kubernetes-http.ts';
import { pathOf, resourceOf } from './kubernetes-kinds.ts';
import type { CallOptions } from './kubernetes-object.ts';

export interface LogOptions extends CallOptions {
  readonly namespace: string;
  readonly pod: string;
  /** The pod's only one when absent. */
  readonly container?: string;
  readonly follow?: boolean;
  readonly tailLines?: number;
  /** Of the container that ran before a restart. */
  readonly previous?: boolean;
}

/** What a container has written, and goes on to write where it is followed. */
export function openLog(caller: Caller, http: Http, options: LogOptions): Promise<Readable> {
  const { namespace, pod, container, follow = false, tailLines, previous = false } = options;
  const query = {
    follow: String(follow),
    previous: String(previous),
    ...(container === undefined ? {} : { container }),
    ...(tailLines === undefined ? {} : { tailLines: String(tailLines) }),
  };
  const path = `${pathOf(resourceOf('Pod'), namespace, pod)}/log`;
  return caller.call(attemptOf({ verb: 'logs', kind: 'Pod', namespace, name: pod }), options, (bounds) =>
    http.stream({ method: 'GET', path, query, accept: '*/*', ...bounds }),
  );
}
