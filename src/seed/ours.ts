import { BlockList, isIP } from 'node:net';
import { isMadeByEnvironment } from '../cells/ownership.ts';
import type { CellRepository } from '../cells/repository.ts';
import type { Place } from '../data/place.ts';
import { Failure } from '../failure.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Throws a refused Failure unless the environment made the Store, and its address is on this machine. */
export async function requireOurs(cells: CellRepository, environmentId: string, { store }: Place): Promise<void> {
  const { cell = '', name, dsn } = store;
  const manifest = await cells.store(cell, name);
  if (!manifest || !isMadeByEnvironment(manifest, environmentId))
    throw refused(store, `It does not carry the labels of ${cells.where}: dk dev up did not make it`);
  const host = hostOf(store.connector, dsn, store.fields);
  if (!isLoopback(host)) throw refused(store, `Its address ${host} is not on this machine`);
}

function hostOf(connector: string, dsn = '', fields: Readonly<Record<string, string>>): string {
  const url = connector === 's3' ? (fields['endpoint'] ?? '') : dsn;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : url;
}

function isLoopback(host: string): boolean {
  const version = isIP(host);
  return version === 0 ? host === 'localhost' : loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

function refused({ name, cell }: Place['store'], why: string): Failure {
  return new Failure('refused', {
    what: `Store ${name} of cell ${cell} is not one that dk may fill`,
    why: [why, 'Seeds replace rows, and so go only into what a local environment made for itself'],
    next: 'Seed a cell that dk dev up made: dk dev seed --cell local',
  });
}
