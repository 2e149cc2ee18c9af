import { join } from 'node:path';
import type { Parse } from '../tools/parse-memory.ts';
import { checkCellName } from './names.ts';
import type { Turns } from './turns.ts';

/** Where the files of a repository are. Every name is checked before it becomes part of a path. */
export interface Layout {
  /** For messages. */
  readonly where: string;
  /** `<env>/cells`: the GitOps layout, which kubectl can apply as it is. */
  readonly directory: string;
  /** `<env>/secrets`: `<cell>/<secret>.json`. */
  readonly secretsDirectory: string;
  /** One change of a cell at a time. */
  readonly inTurn: Turns;
  readonly parse: Parse;
}

/** The functions below fail on what cannot be the name of a cell. */
export const cellFolder = ({ directory }: Layout, cell: string) => join(directory, checkCellName(cell, 'invalid'));
export const cellFile = (layout: Layout, cell: string) => join(cellFolder(layout, cell), 'cell.yaml');
export const storesFolder = (layout: Layout, cell: string) => join(cellFolder(layout, cell), 'stores');
export const secretsFolder = ({ secretsDirectory }: Layout, cell: string) =>
  join(secretsDirectory, checkCellName(cell, 'invalid'));
export const lockFile = ({ directory }: Layout, cell: string) =>
  join(directory, `.${checkCellName(cell, 'invalid')}.lock`);
