import { readdirSync, readFileSync } from 'node:fs';

/** The part of Linux' /proc/<pid>/stat that tells processes apart. */
export interface ProcStat {
  /** A zombie has ended; its parent has not asked after it yet, and some parents never do. */
  readonly zombie: boolean;
  readonly group: number;
  /** Clock ticks since the boot. */
  readonly startTicks: string;
}

/** Undefined when there is no such process. */
export function readProcStat(pid: number): ProcStat | undefined {
  const stat = textOf(pid);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may hold anything; the third follows the last ")".
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', , group] = fields;
  return { zombie: state === 'Z' || state === 'X', group: Number(group), startTicks: fields[19] ?? '' };
}

/** Whether a process group has a member that is more than a zombie. */
export function procGroupLives(group: number): boolean {
  return allPids()
    .map(readProcStat)
    .some((stat) => stat?.group === group && !stat.zombie);
}

/** Numbers of all processes that /proc shows us. */
export function allPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** At once: the kernel answers from memory. */
function textOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
}
