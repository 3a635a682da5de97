import assert from 'node:assert/strict';
import { methodByName } from '../../../../src/core/merge/methods/methods';
import { checkMerge, parametersFor } from '../../../../src/core/merge/methods/parameters';

const place = { name: 'model.layers.1.mlp.up_proj.weight', layer: 1, numLayers: 3 };
const ties = methodByName('ties');

describe('the parameters of a tensor', () => {
  it("are the model's, else the shared ones, else the default", () => {
    const settings = {
      models: [{ weight: 0.1 }, { density: [0.2, 0.4, 0.6] }, { weight: [{ filter: 'attn', value: 7 }] }],
      shared: [{ weight: [{ filter: 'mlp', value: 0.5 }] }, { weight: 0.9, normalize: false, lambda: [0, 1] }],
    };
    assert.deepEqual(parametersFor(ties, settings, place), {
      perModel: [
        { weight: 0.1, density: 1 },
        { weight: 0.5, density: 0.4 },
        { weight: 0.5, density: 1 },
      ],
      parameters: { normalize: false, rescale: false, lambda: 0.5 },
    });
    const attention = { ...place, name: 'model.layers.1.self_attn.q_proj.weight' };
    assert.deepEqual(parametersFor(ties, settings, attention).perModel[1], { weight: 0.9, density: 0.4 });
    assert.deepEqual(parametersFor(ties, settings, attention).perModel[2], { weight: 7, density: 1 });
  });

  it('must be given where there is no default, for every tensor', () => {
    const settings = { models: [{ weight: [{ filter: 'attn', value: 1 }] }], shared: [] };
    assert.throws(() => parametersFor(ties, settings, place), {
      name: 'InputError',
      message: 'ties needs weight, and nothing says it for model.layers.1.mlp.up_proj.weight',
    });
  });
});

describe('a merge', () => {
  const refused = (method: string, hasBase: boolean, models: object[], shared: object, message: RegExp): void => {
    const settings = { models: models as never, shared: [shared as never] };
    assert.throws(() => checkMerge(methodByName(method), hasBase, settings), { name: 'InputError', message });
  };

  it('that its method takes is accepted', () => {
    checkMerge(ties, true, { models: [{ weight: [0, 1], density: 0.5 }], shared: [{ lambda: 0.5, weight: 1 }] });
    checkMerge(methodByName('multislerp'), false, { models: [{ weight: 1 }, { weight: 1 }], shared: [] });
    checkMerge(methodByName('multislerp'), true, { models: [{ weight: 1 }, { weight: 1 }], shared: [] });
  });

  it('has a base or not, and as many models as the method takes', () => {
    refused('ties', false, [{}], {}, /ties needs a base/);
    refused('linear', true, [{}], {}, /linear has no base/);
    refused('slerp', true, [{}, {}], {}, /slerp takes 1 model, not 2/);
    refused('model_stock', true, [{}], {}, /model_stock takes 2 models or more, not 1/);
    refused('nuslerp', false, [{}], {}, /nuslerp takes 2 models, not 1/);
  });

  it('has only parameters that the method knows, where it knows them', () => {
    refused('ties', true, [{ wieght: 1 }], {}, /a model of ties has no parameter "wieght"/);
    refused('ties', true, [{}], { gamma: 1 }, /ties has no parameter "gamma"/);
    refused('ties', true, [{ lambda: 1 }], {}, /lambda is not a parameter of a model of ties but of the whole merge/);
    refused('task_arithmetic', true, [{ density: 1 }], {}, /has no parameter "density"/);
  });

  it('has all that must be given', () => {
    refused('slerp', true, [{}], {}, /^slerp needs t$/);
    refused('ties', true, [{ weight: 1 }, {}], {}, /^ties needs weight$/);
  });

  it('has values of the right kind in their range', () => {
    refused('ties', true, [{ density: 1.5 }], {}, /density must be a number from 0 to 1, not 1.5/);
    refused('ties', true, [{ density: [0, 2] }], {}, /not 2/);
    refused('ties', true, [{ density: [{ filter: 'mlp', value: -1 }] }], {}, /not -1/);
    refused('ties', true, [{}], { normalize: 1 }, /normalize must be true or false, not 1/);
    refused('karcher', false, [{}], { max_iter: 1.5 }, /max_iter must be a whole number, at least 0, not 1.5/);
    refused('karcher', false, [{}], { max_iter: [1, 2] }, /it has no gradient/);
    refused('ties', true, [{ weight: [] }], {}, /a gradient has no values/);
    refused('ties', true, [{ weight: NaN }], {}, /weight must be a number, not NaN/);
  });
});
