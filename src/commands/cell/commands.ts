import { cell, confirm, output, where, yes } from '../flags.ts';
import { type CommandSpec, option } from '../program.ts';

/** Every command about cells and their Stores. */
export const cellCommands: readonly CommandSpec[] = [
  {
    name: 'cell list',
    what: 'All cells',
    example: 'cell list -o json',
    options: [where, output],
    run: async (c, f) => (await import('./list.ts')).cellList(c, f),
  },
  {
    name: 'cell show <cell>',
    what: 'A cell with its Stores; of Secrets only the keys',
    example: 'cell show canary',
    options: [where, output],
    run: async (c, f, [name]) => (await import('./show.ts')).cellShow(c, { name, ...f }),
  },
  {
    name: 'cell stores <cell>',
    what: 'The Stores of a cell',
    example: 'cell stores canary',
    options: [where, output],
    run: async (c, f, [name]) => (await import('./stores.ts')).cellStores(c, { name, ...f }),
  },
  {
    name: 'cell create <cell>',
    what: 'Make a cell, bare or from a GitOps folder',
    example: 'cell create stable --from platform-repo/cells/canary',
    options: [option('--from <dir>', 'a GitOps folder with one cell'), where, confirm, output],
    run: async (c, f, [name]) => (await import('./create.ts')).cellCreate(c, { name, ...f }),
  },
  {
    name: 'cell apply',
    what: 'Bring cells to what a GitOps folder says',
    example: 'cell apply -f platform-repo/cells',
    options: [
      option('-f, --file <dir>', 'one cell, or a folder of cells').makeOptionMandatory(),
      where,
      confirm,
      output,
    ],
    run: async (c, f) => (await import('./apply.ts')).cellApply(c, f),
  },
  {
    name: 'cell delete <cell>',
    what: 'Remove a cell with its Stores and Secrets',
    example: 'cell delete stable',
    options: [yes, where, confirm],
    run: async (c, f, [name]) => (await import('./delete.ts')).cellDelete(c, { name, ...f }),
  },
  {
    name: 'cell export <cell>',
    what: 'A cell as kubectl applies it, without Secrets',
    example: 'cell export canary --to platform-repo/cells/canary',
    options: [option('--to <dir>', 'write the GitOps folder instead of printing'), where],
    run: async (c, f, [name]) => (await import('./export.ts')).cellExport(c, { name, ...f }),
  },
  {
    name: 'cell secret set <store> <key>',
    what: "Set one key of a Store's Secret; the value comes from stdin or a prompt",
    example: 'cell secret set warehouse PG_PASS --cell canary < password.txt',
    options: [cell, where, confirm],
    hearsExcess: true,
    run: async (c, f, [store, key, ...excess]) =>
      (await import('./secret.ts')).secretSet(c, { store, key, excess, ...f }),
  },
  {
    name: 'cell secret list',
    what: "Names and keys of a cell's Secrets, no values",
    example: 'cell secret list --cell canary',
    options: [cell, where, output],
    run: async (c, f) => (await import('./secret.ts')).secretList(c, f),
  },
  {
    name: 'cell secret unset <store> <key>',
    what: "Remove one key of a Store's Secret",
    example: 'cell secret unset warehouse PG_PASS --cell canary',
    options: [cell, where, confirm],
    run: async (c, f, [store, key]) => (await import('./secret.ts')).secretUnset(c, { store, key, ...f }),
  },
  {
    name: 'store check <store>',
    what: 'Connect to a Store, and say what failed',
    example: 'store check warehouse --cell canary',
    options: [cell, where, output],
    run: async (c, f, [name]) => (await import('../store-check.ts')).storeCheck(c, { name, ...f }),
  },
];
