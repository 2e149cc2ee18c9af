export type Env = Readonly<Record<string, string | undefined>>;

/** What PostgreSQL's programs see of the user's environment: not PGPORT, PGOPTIONS or a locale, which change what they do. */
export function serverEnv(env: Env): Env {
  const { PATH, LD_LIBRARY_PATH, DYLD_LIBRARY_PATH } = env;
  // macOS refuses to start a server whose locale it does not know; TZ spares initdb a search for the machine's zone.
  return { PATH, LD_LIBRARY_PATH, DYLD_LIBRARY_PATH, LC_ALL: 'C', TZ: 'UTC' };
}
