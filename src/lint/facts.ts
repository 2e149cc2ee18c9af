/** What rules need to know of a package's folder; gathered before they run, so that they stay pure. */
export interface Facts {
  /** Which of the paths that matter exist, relative to the package, with slashes; `cmd/*` stands for any command. */
  readonly existing: ReadonlySet<string>;
  /** Whether there is a `.env`, and whether Git would take it. */
  readonly dotEnv: 'absent' | 'ignored' | 'exposed';
}

/** Where each runtime begins, unless `command` says otherwise; the first that exists. */
export const entryPoints = {
  'generic-node': ['src/main.js', 'src/main.mjs', 'src/main.ts'],
  'generic-python': ['src/main.py'],
  'generic-go': ['src/*.go', 'cmd/*'],
  dbt: ['dbt_project.yml', 'src/dbt_project.yml', 'dbt/dbt_project.yml'],
  cloudquery: [],
} as const;
