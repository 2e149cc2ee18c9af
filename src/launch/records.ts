import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { replaceFile } from '../tools/atomic-file.ts';
import { isThere, namesIn, readIfThere } from '../tools/if-there.ts';
import { makeFolder } from '../tools/make-folder.ts';
import { isAlive } from '../tools/processes.ts';
import type { RunRecord } from './record.ts';
import { type RunFolder, runFolder } from './run-folder.ts';

/** How many records a state folder keeps. */
export const keptRecords = 200;
/** So many more are there before some go: counting all of them out takes longer than a short run, so not every run does. */
export const spareRecords = 20;
const day = 24 * 60 * 60 * 1000;

/** The runs that one state folder remembers. */
export interface Records {
  folder(id: string): RunFolder;
  /** Makes the folders of a run that has no record yet. */
  reserve(id: string): Promise<RunFolder>;
  /** Writes a whole record, new or known. */
  save(record: RunRecord): Promise<void>;
  /** Newest first; a run that nobody watches over and whose process is gone is `lost`. */
  list(): Promise<readonly RunRecord[]>;
  get(id: string): Promise<RunRecord | undefined>;
  remove(id: string): Promise<void>;
  /** Forgets all but the newest runs, and the secrets of those that were lost; never touches a running one. */
  prune(now: Date): Promise<void>;
}

/** Whether a run that nobody watches over goes on all the same, in a container or a Job. */
export type Outlives = (run: RunRecord) => Promise<boolean>;

/** Opens `<state>/runs`, which need not exist; without `outlives`, what runs in no process of this machine needs a supervisor. */
export function openRecords(stateDirectory: string, outlives?: Outlives): Records {
  const root = join(stateDirectory, 'runs');
  const folder = (id: string) => runFolder(join(root, id));
  const records: Records = {
    folder,
    async reserve(id) {
      try {
        makeFolder(folder(id).private, 0o700);
      } catch (cause) {
        if (!(cause instanceof Error) || !unwritable.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
        throw cannotBeKept(stateDirectory, cause);
      }
      return folder(id);
    },
    save: async (record) => replaceFile(folder(record.id).record, `${JSON.stringify(record, null, 2)}\n`),
    async list() {
      const found = await Promise.all(namesIn(root).map((id) => readRecord(folder(id), outlives)));
      return found.filter((record) => record !== undefined).sort(newestFirst);
    },
    get: (id) => readRecord(folder(id), outlives),
    remove: (id) => rm(folder(id).directory, { recursive: true, force: true }),
    prune: (now) => prune(records, root, now),
  };
  return records;
}

/** ENOENT: some read-only file systems say that of what they will not make. */
const unwritable: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT']);

function cannotBeKept(stateDirectory: string, cause: Error): Failure {
  return new Failure('prerequisite', {
    what: `Runs cannot be kept in ${stateDirectory}`,
    why: cause.message,
    next: 'Choose a folder that can be written: export XDG_STATE_HOME="$(mktemp -d)"',
    cause,
  });
}

/** The newest run that the words mean: an id, a package's name, or the beginning of an id. */
export function findRun(records: readonly RunRecord[], query: string): RunRecord | undefined {
  return (
    records.find((record) => record.id === query) ??
    records.find((record) => record.package === query) ??
    records.find((record) => record.id.startsWith(query))
  );
}

async function readRecord(folder: RunFolder, outlives: Outlives | undefined): Promise<RunRecord | undefined> {
  const text = readIfThere(folder.record);
  return text === undefined ? undefined : withStatusOfNow(parseRecord(text, folder), outlives);
}

function parseRecord(text: string, folder: RunFolder): RunRecord {
  try {
    // Records of earlier versions know of processes only.
    const since = { reason: null, container: null, job: null, kept: false };
    return { ...since, ...(JSON.parse(text) as Omit<RunRecord, keyof typeof since>) };
  } catch (cause) {
    throw new Failure('unhealthy', {
      what: 'A run record cannot be read',
      why: `${folder.record} is not what dk writes`,
      next: `rm -r ${folder.directory}`,
      cause,
    });
  }
}

async function withStatusOfNow(record: RunRecord, outlives: Outlives | undefined): Promise<RunRecord> {
  if (record.status !== 'running') return record;
  const witnesses = [record.supervisor, record.process].filter((witness) => witness !== null);
  const alive = await Promise.all(witnesses.map(isAlive));
  const goesOn = alive.includes(true) || (await outlives?.(record)) === true;
  return goesOn ? record : { ...record, status: 'lost' };
}

function newestFirst(a: RunRecord, b: RunRecord): number {
  // As text, which ISO 8601 in UTC is made for; a locale's order is forty times slower.
  return compare(b.startedAt, a.startedAt) || compare(b.id, a.id);
}

function compare(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

/** Every run ends with this, so it reads only what it has to: all records when there are too many, else those with secrets. */
async function prune(records: Records, root: string, now: Date): Promise<void> {
  const ids = namesIn(root);
  const withSecrets = ids.filter((id) => isThere(records.folder(id).private));
  await Promise.all(withSecrets.map((id) => forgetSecrets(records, id, now)));
  if (ids.length <= keptRecords + spareRecords) return;
  const surplus = (await records.list()).slice(keptRecords).filter(({ status }) => status !== 'running');
  await Promise.all(surplus.map(({ id }) => records.remove(id)));
}

async function forgetSecrets(records: Records, id: string, now: Date): Promise<void> {
  const record = await records.get(id);
  if (!record) return removeIfAbandoned(records, id, now);
  if (record.status !== 'running') await rm(records.folder(id).private, { recursive: true, force: true });
}

/** A folder without a record belongs to a run that is being prepared, or to one that never came to be. */
async function removeIfAbandoned(records: Records, id: string, now: Date): Promise<void> {
  const found = await stat(records.folder(id).directory).catch(() => undefined);
  if (found && now.getTime() - found.mtimeMs > day) await records.remove(id);
}
