import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setAsideRuns } from '../../../src/host/trees/setAsideRuns';
import { temporaryFolders } from '../../harness/temporaryFolders';

describe('runs set aside', () => {
  const folder = temporaryFolders();

  it('are those of the step alone, the newest last', async () => {
    const root = folder();
    const file = path.join(root, 'lab.frankenstein.yaml');
    assert.deepEqual(await setAsideRuns(file, 'vision'), []);
    for (const name of ['vision', 'vision~2', 'vision~10', 'vision~1', 'vision-in~1', 'vision~x', 'vision~01']) {
      mkdirSync(path.join(root, 'lab.runs', name), { recursive: true });
    }
    writeFileSync(path.join(root, 'lab.runs', 'vision~3'), 'a file');
    assert.deepEqual(await setAsideRuns(file, 'vision'), ['vision~1', 'vision~2', 'vision~10']);
  });
});
