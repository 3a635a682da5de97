import assert from 'node:assert/strict';
import { parseLayerRanges } from '../../../src/core/experiment/layerRangesText';

const read = (text: string) => parseLayerRanges(text, 'in', ['in', 'rl', 'my model']);

describe('layer ranges typed on a line', () => {
  it('ranges, layers, components and the vision tower', () => {
    assert.deepEqual(read('4-8: rl, 9 attention: my model, 9 mlp:rl ; vision 0-2: rl,'), {
      skeleton: 'in',
      layers: { '4-8': 'rl', '9': { attention: 'my model', mlp: 'rl' } },
      visionLayers: { '0-2': 'rl' },
    });
  });

  it('what is not understood is said', () => {
    assert.throws(() => read('4..8: rl'), /"4..8: rl" is not understood/);
    assert.throws(() => read('4-8: lr'), /no checkpoint "lr"/);
    assert.throws(() => read(' , '), /no layers/);
    assert.throws(() => read('4: rl, 4 mlp: in'), /"4" is given twice/);
    assert.throws(() => read('4 mlp: rl, 4 mlp: in'), /"4" is given twice/);
  });
});
