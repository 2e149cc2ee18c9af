import { Failure } from '../failure.ts';
import { describeEntry, isOwn, isUpToDate, lists, type OwnEntries, ownEntries } from './kubeconfig-entries.ts';
import { editKubeconfig, readKubeconfig } from './kubeconfig-file.ts';
import type { LockOptions } from './kubeconfig-lock.ts';
import {
  currentContext,
  dropCurrentContext,
  dropEntry,
  findEntry,
  NotAKubeconfig,
  putCurrentContext,
  putEntry,
  withHead,
  withoutHead,
} from './kubeconfig-text.ts';

/** The environment's place in the user's kubeconfig. */
export interface Place {
  /** The user's files, in the order of $KUBECONFIG: the first is changed, all are looked at. */
  readonly files: readonly string[];
  /** Of the context, and of the cluster and user that it names: `k3d-dk-local`. */
  readonly name: string;
  readonly environmentId: string;
  /** The environment's own kubeconfig; absent before there is a cluster. */
  readonly text?: string | undefined;
}

/** What stands under our name and leads elsewhere, such as `cluster k3d-dk-local points to https://…`, with its file. */
export async function foreignEntry({ files, ...place }: Place): Promise<string | undefined> {
  for (const file of files) {
    const text = await readKubeconfig(file);
    const foreign = text && within(file, () => findForeign(text, place, entriesOf(place)));
    if (foreign) return `${foreign} in ${file}`;
  }
  return undefined;
}

/** Refuses a name that leads elsewhere. */
export async function requireFree(place: Place): Promise<void> {
  const foreign = await foreignEntry(place);
  if (foreign) throw refused(place, foreign);
}

/** Whether anything of ours is there, which `unmergeKubeconfig` would take out. */
export async function isMentioned({ files, ...place }: Place): Promise<boolean> {
  const texts = await Promise.all(files.map(readKubeconfig));
  return texts.some((text, index) => {
    return text && within(files[index] ?? '', () => unmerged(text, place, entriesOf(place))) !== text;
  });
}

/** Whether the context is there as the own kubeconfig has it; much cheaper than merging, and needs no lock. */
export async function isMerged({ files, ...place }: Place): Promise<boolean> {
  const texts = await Promise.all(files.map(readKubeconfig));
  const ours = entriesOf(place);
  const text = texts.find((each, index) => within(files[index] ?? '', () => findEntry(each, 'contexts', place.name)));
  return text !== undefined && ours !== undefined && lists.every((list) => isThere(text, list, ours));
}

/** Puts the context into the first file, as the current one only where there is none; whether anything changed. */
export async function mergeKubeconfig(
  place: Place & { readonly text: string },
  options: LockOptions,
): Promise<boolean> {
  const [file, ...others] = place.files;
  await requireFree(place);
  if (file === undefined) return false;
  const ours = ownEntries(place.text, place.name, place.environmentId);
  const current = await currentIn(others);
  const edit = (text: string | undefined) => {
    const after = merged(file, text, place, ours);
    return (current ?? currentContext(after)) === undefined ? putCurrentContext(after, place.name) : after;
  };
  return editKubeconfig(file, (text) => within(file, () => edit(text)), options);
}

/** Takes out of all files what is ours, and nothing else; whether anything changed. */
export async function unmergeKubeconfig({ files, ...place }: Place, options: LockOptions): Promise<boolean> {
  let changed = false;
  for (const file of files) {
    const edit = (text: string | undefined) => text && within(file, () => unmerged(text, place, entriesOf(place)));
    changed = (await editKubeconfig(file, edit, options)) || changed;
  }
  return changed;
}

type Owner = Omit<Place, 'files'>;

function entriesOf({ text, name, environmentId }: Owner): OwnEntries | undefined {
  return text === undefined ? undefined : ownEntries(text, name, environmentId);
}

function findForeign(text: string, { name, environmentId }: Owner, ours: OwnEntries | undefined): string | undefined {
  for (const list of lists) {
    const found = findEntry(text, list, name);
    if (found && !isOwn(list, found, environmentId, ours?.[list])) return describeEntry(list, found);
  }
  return undefined;
}

function isThere(text: string, list: (typeof lists)[number], ours: OwnEntries): boolean {
  const found = findEntry(text, list, ours[list].name);
  return found !== undefined && isUpToDate(list, found, ours[list]);
}

function merged(file: string, before: string | undefined, place: Owner, ours: OwnEntries): string {
  // Looked at once more: the lock is held only now.
  const foreign = before && findForeign(before, place, ours);
  if (foreign) throw refused(place, `${foreign} in ${file}`);
  if (before && lists.every((list) => isThere(before, list, ours))) return before;
  return lists.reduce(
    (text, list) => (isThere(text, list, ours) ? text : putEntry(text, list, ours[list])),
    withHead(before),
  );
}

async function currentIn(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const text = await readKubeconfig(file);
    const current = text && within(file, () => currentContext(text));
    if (current) return current;
  }
  return undefined;
}

function unmerged(before: string, place: Owner, ours: OwnEntries | undefined): string | undefined {
  const { name } = place;
  const own = lists.filter((list) => findEntry(before, list, name) !== undefined);
  // Pointed elsewhere in one of its parts, the whole is somebody else's.
  if (own.length === 0 || findForeign(before, place, ours) !== undefined) return before;
  const text = own.includes('contexts') && currentContext(before) === name ? dropCurrentContext(before) : before;
  // In the opposite order, so that what was put behind something else is gone before it.
  return withoutHead([...own].reverse().reduce((rest, list) => dropEntry(rest, list, name), text));
}

/** Errors in a file of the user's get its name. */
function within<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof NotAKubeconfig)) throw error;
    throw new Failure('prerequisite', {
      what: `${file} is not a kubeconfig that dk can change`,
      why: error.message,
      next: [`kubectl config view --kubeconfig ${file}`, 'dk dev up --no-merge leaves it alone'],
      cause: error,
    });
  }
}

function refused({ name }: Owner, foreign: string): Failure {
  return new Failure('refused', {
    what: `The kubeconfig already has a ${name} that is not this environment's`,
    why: foreign,
    next: [
      `If it is not needed: kubectl config delete-context ${name}; kubectl config delete-cluster ${name}; kubectl config delete-user ${name}`,
      'dk dev up --no-merge leaves the file alone',
    ],
  });
}
