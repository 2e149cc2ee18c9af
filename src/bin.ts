#!/usr/bin/env node
import { homedir } from 'node:os';
import { join } from 'node:path';
import { keepCompiled } from './compile-cache.ts';

const { XDG_CACHE_HOME: xdg } = process.env;
keepCompiled({
  // The XDG specification says that a relative value is to be ignored.
  directory: join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'dk', 'compiled'),
  command: /^[a-z-]+$/.exec(process.argv[2] ?? '')?.[0] ?? 'dk',
  chunks: join(import.meta.dirname, 'chunks'),
  process,
});
// Asked for only now, so that what it is made of is kept too.
void import('./main.ts').then(({ main }) => main(process));
