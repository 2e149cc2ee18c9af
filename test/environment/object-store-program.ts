import { parseArgs } from 'node:util';
import { objectStore } from '../../src/commands/object-store.ts';
import { Failure } from '../../src/failure.ts';
import { reportFailure } from '../../src/report/failure.ts';
import { contextOfProcess } from '../helpers/process-context.ts';

/** The least of dk's program that an embedded environment starts: its object store, of the version under test. */
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort(new Failure('terminated', { what: 'Ended by SIGTERM' })));
const context = contextOfProcess(controller.signal);

const text = { type: 'string' } as const;
const options = { data: text, port: text, keys: text, id: text, record: text };
const { data = '', port, ...rest } = parseArgs({ options, allowPositionals: true }).values;
try {
  await objectStore(context, { data, port: Number(port), ...rest });
} catch (error) {
  process.exitCode = reportFailure(context, error);
}
