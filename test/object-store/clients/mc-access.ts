import { expect } from 'vitest';
import { keysBelow, type McCases, records, refusal } from './mc-world.ts';

/** Who may do what, and what nobody can. */
export const accessCases: McCases = {
  async 'presigned-v4'({ mc, newBucket }) {
    const bucket = await newBucket();
    const key = 'ü a+b%/k';
    await mc(['pipe', `${bucket}/${key}`], { input: 'shared' });
    const [{ share } = {}] = records(await mc(['share', 'download', '--json', '--expire', '1h', `${bucket}/${key}`]));
    const url = String(share);
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, 'shared']);
    expect((await fetch(url.replace('X-Amz-Expires=3600', 'X-Amz-Expires=3601'))).status).toBe(403);
  },

  async missing({ mc }) {
    expect(await refusal(mc(['ls', 's3/never-made']))).toContain('does not exist');
    for (const command of ['cat', 'stat']) {
      expect(await refusal(mc([command, 's3/many/never-put']))).toContain('Object does not exist');
    }
  },

  async 'wrong-secret'({ mc }) {
    expect(await refusal(mc(['ls', 'wrong/many']))).not.toBe('');
    expect(await refusal(mc(['ls', 'wrong']))).toContain('signature we calculated does not match');
    expect(await refusal(mc(['ls', 'nobody']))).toMatch(/does not exist in our records/);
  },

  async 'cell-key'({ mc }) {
    await mc(['pipe', 'cell/cell/mc'], { input: 'mine' });
    expect(await mc(['cat', 'cell/cell/mc'])).toBe('mine');
    expect(await keysBelow(mc, 'cell/cell')).toContain('mc');
    expect(records(await mc(['ls', '--json', 'cell'])).map(({ key }) => key)).toEqual(['cell/']);
    const attempts = [
      mc(['cat', 'cell/others/theirs']),
      mc(['pipe', 'cell/others/mc'], { input: 'x' }),
      mc(['ls', 'cell/others']),
      mc(['mb', 'cell/mc-of-a-cell']),
    ];
    for (const said of await Promise.all(attempts.map(refusal))) {
      expect(said).toMatch(/Access Denied|Insufficient permissions/);
    }
  },

  async 'not-implemented'({ mc, newBucket }) {
    const bucket = await newBucket();
    await mc(['pipe', `${bucket}/k`], { input: 'x' });
    for (const command of [
      ['version', 'enable', bucket],
      ['tag', 'set', `${bucket}/k`, 'a=b'],
      ['ilm', 'rule', 'ls', bucket],
      ['anonymous', 'set', 'download', bucket],
    ]) {
      expect(await refusal(mc(command))).toContain('does not implement');
    }
  },
};
