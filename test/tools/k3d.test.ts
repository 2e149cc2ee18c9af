import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openK3d } from '../../src/tools/k3d.ts';

const folder = mkdtempSync(join(tmpdir(), 'dk-k3d-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A k3d on PATH that notes how it was called, and does what a line of shell says. */
function fakeK3d(name: string, script: string, signal = new AbortController().signal) {
  const bin = join(folder, name);
  const work = join(bin, 'work');
  mkdirSync(bin, { recursive: true });
  const note = `printf '%s|%s|%s|%s\\n' "$*" "$KUBECONFIG" "$TMPDIR" "$DK_CLUSTER" > '${bin}/called'`;
  writeFileSync(join(bin, 'k3d'), `#!/bin/sh\n${note}\n${script}\n`);
  chmodSync(join(bin, 'k3d'), 0o755);
  const env = { PATH: `${bin}${delimiter}${process.env['PATH']}`, KUBECONFIG: '/home/someone/.kube/config' };
  const called = () => readFileSync(join(bin, 'called'), 'utf8').trim().split('|');
  return { k3d: openK3d({ env, signal, directory: work }), called, work };
}

const log = (level: string, message: string) =>
  `printf '%s\\n' 'time="2024-01-01T00:00:00Z" level=${level} msg=${JSON.stringify(message)}' >&2`;

describe('k3d', () => {
  it('tells its version, and leaves no folder for that', async () => {
    const { k3d, work } = fakeK3d('new', 'echo "k3d version v5.8.3"; echo "k3s version v1.31.5-k3s1 (default)"');
    expect(await k3d.version()).toBe('5.8.3');
    expect(existsSync(work)).toBe(false);
    expect(await fakeK3d('dev', 'echo "k3d version v5-dev"').k3d.version()).toBe('5-dev');
  });

  it('is refused when it is too old, with the version that is needed', async () => {
    await expect(fakeK3d('old', 'echo "k3d version v5.4.9"').k3d.version()).rejects.toMatchObject({
      kind: 'prerequisite',
      message: 'k3d 5.4.9 is too old',
      why: ['dk needs 5.5.0 or newer'],
    });
  });

  it('that is missing is a prerequisite, with the way to do without', async () => {
    const k3d = openK3d({ env: { PATH: folder }, signal: new AbortController().signal, directory: join(folder, 'x') });
    for (const attempt of [() => k3d.version(), () => k3d.start('dk-local', 1000)]) {
      await expect(attempt()).rejects.toMatchObject({
        kind: 'prerequisite',
        message: 'k3d was not found',
        next: [expect.stringContaining('https://k3d.io'), expect.stringContaining('--engine embedded')],
      });
    }
  });

  it("never sees the user's kubeconfig, and keeps its temporary files in its folder", async () => {
    const { k3d, called, work } = fakeK3d('create', 'exit 0');
    await k3d.create('/package/cluster.yaml', { DK_CLUSTER: 'dk-local' }, 10_000);
    const args = 'cluster create --config /package/cluster.yaml';
    expect(called()).toEqual([args, join(work, 'no-kubeconfig'), work, 'dk-local']);
  });

  it('has no kubeconfig while the node has not written it', async () => {
    const missing = 'failed to copy: Could not find the file /output/kubeconfig.yaml in container 0b2d';
    expect(await fakeK3d('early', `${log('error', missing)}; exit 1`).k3d.kubeconfig('dk-local')).toBeUndefined();
    const { k3d } = fakeK3d('broken', `${log('error', 'something else')}; exit 1`);
    await expect(k3d.kubeconfig('dk-local')).rejects.toMatchObject({ kind: 'unhealthy' });
  });

  it('that fails is shown with its own errors alone, and what they mean', async () => {
    const taken = 'listen tcp4 "127.0.0.1:25432": bind: address already in use';
    const script = [log('info', 'Prep: Network'), log('fatal', taken), log('fatal', taken), 'exit 1'].join('\n');
    const { k3d, work } = fakeK3d('taken', script);
    await expect(k3d.start('dk-local', 10_000)).rejects.toMatchObject({
      kind: 'conflict',
      message: 'k3d failed with exit code 1',
      why: [`(cd ${work} && k3d cluster start dk-local)`, taken],
    });
    const pull = fakeK3d('pull', `${log('error', 'docker failed to pull image rancher/k3s:v0')}; exit 1`).k3d;
    await expect(pull.create('cluster.yaml', {}, 10_000)).rejects.toMatchObject({
      kind: 'prerequisite',
      next: [expect.stringContaining('DK_K3S_IMAGE')],
    });
  });

  it('ends when the command is interrupted, and when its time is up', async () => {
    const interrupting = new AbortController();
    const { k3d } = fakeK3d('slow', 'exec sleep 60', interrupting.signal);
    await expect(k3d.start('dk-local', 300)).rejects.toMatchObject({ kind: 'stillStarting' });
    const starting = k3d.start('dk-local', 60_000);
    const reason = new Error('Ctrl-C');
    interrupting.abort(reason);
    await expect(starting).rejects.toBe(reason);
  });
});
