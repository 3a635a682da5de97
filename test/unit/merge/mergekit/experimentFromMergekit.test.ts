import assert from 'node:assert/strict';
import path from 'node:path';
import { parseExperiment } from '../../../../src/core/experiment/experimentFile';
import { experimentFromMergekit } from '../../../../src/core/merge/mergekit/experimentFromMergekit';
import { sampleLab } from '../../../harness/experimentFile';
import { refuses } from '../../../harness/refuses';

const nowhere = () => null;
const file = path.join(sampleLab, 'soup.yaml');

describe('experimentFromMergekit', () => {
  it('models become checkpoints, the merge a hybrid, its traps remarks at the head', async () => {
    const made = await experimentFromMergekit(
      file,
      'merge_method: task_arithmetic\nbase_model: ./base\nmodels: [{ model: ./in, parameters: { weight: [0, 1] } }]\nparmeters: {}\n',
      nowhere,
    );
    const { content, problems } = parseExperiment(made.text);
    assert.deepEqual(problems, []);
    assert.equal(made.hybrid, 'soup');
    const { checkpoints, hybrids } = content!;
    assert.deepEqual(checkpoints, { base: path.join(sampleLab, 'base'), in: path.join(sampleLab, 'in') });
    assert.deepEqual(hybrids.soup, {
      method: 'task_arithmetic',
      base: 'base',
      models: [{ model: 'in', weight: [0, 1] }],
    });
    assert.ok(
      made.traps.some((trap) => trap.includes('parmeters')),
      made.traps.join('\n'),
    );
    for (const trap of made.traps) assert.ok(made.text.includes(`# ${trap}\n`));
  });

  it('a name on the Hub is found where somebody knows it, else said', async () => {
    const text =
      'merge_method: linear\nmodels:\n- { model: ./in, parameters: { weight: 1 } }\n- { model: org/rl, parameters: { weight: 1 } }\n';
    const known = await experimentFromMergekit(file, text, (model) =>
      model === 'org/rl' ? path.join(sampleLab, 'rl') : null,
    );
    assert.equal(parseExperiment(known.text).content!.checkpoints.rl, path.join(sampleLab, 'rl'));
    const unknown = await experimentFromMergekit(file, text, nowhere);
    assert.ok(unknown.traps.some((trap) => trap.startsWith('org/rl is not there')));
  });

  it('without any of its models it is refused', async () => {
    const text = 'merge_method: linear\nmodels: [{ model: org/a, parameters: { weight: 1 } }]\n';
    await refuses(
      experimentFromMergekit(file, text, nowhere),
      /none of the models of .*soup\.yaml is a checkpoint here: org\/a$/,
    );
  });
});
