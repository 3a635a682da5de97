import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resolveExperiment, type Experiment } from '../../../src/core/experiment/experiment';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import { ChainDifferencesReader } from '../../../src/host/trees/chainDifferences';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

describe('what a checkpoint has otherwise than the first of its chain', () => {
  const reader = new ChainDifferencesReader();
  let directory: string;
  const at = (name: string) => path.join(directory, name);
  const experiment = (checkpoints: string): Experiment => {
    const { content } = parseExperiment(`version: 1\ncheckpoints: { ${checkpoints} }\nsteps: []\n`);
    return resolveExperiment(at('x.frankenstein.yaml'), content!);
  };

  before(() => {
    directory = folder();
    for (const name of ['base', 'in', 'rl']) cpSync('media/sample-lab/base', at(name), { recursive: true });
    const file = at('rl/preprocessor_config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('50176', '12544'));
    const config = at('in/config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('5.18.0', '5.19.0'));
  });

  it('what changes answers, and nothing that is harmless', async () => {
    const chain = [experiment('rl: ./rl, in: ./in, base: ./base')];
    const found = await reader.of(at('rl'), chain);
    assert.equal(found!.first, 'base');
    assert.deepEqual(
      found!.differences.map(({ field, values }) => [field, values]),
      [['max_pixels', { base: '50176', rl: '12544' }]],
    );
    assert.equal(await reader.of(at('in'), chain), null);
    assert.equal(await reader.of(at('base'), chain), null, 'the first differs from nobody');
  });

  it('nothing of checkpoints without a role, and in any of several experiments', async () => {
    const without = experiment('a: ./base, b: ./rl');
    assert.equal(await reader.of(at('rl'), [without]), null);
    assert.equal((await reader.of(at('rl'), [without, experiment('in: ./in, rl: ./rl')]))!.first, 'in');
  });

  it('nothing where the folder of the other cannot be read', async () => {
    rmSync(at('base'), { recursive: true });
    assert.equal(await reader.of(at('rl'), [experiment('base: ./base, rl: ./rl')]), null);
  });
});
