import assert from 'node:assert/strict';
import { assertClose, merge, numbers } from './mergeTensors';

describe('passthrough', () => {
  it('is the model, or the model scaled', () => {
    const tensor = numbers(12, 1);
    assert.deepEqual(merge('passthrough', { tensors: [tensor] }), tensor);
    const scaled = merge('passthrough', { tensors: [tensor], models: [{ scale: -0.25 }] });
    assertClose(
      scaled,
      tensor.map((value) => value * -0.25),
    );
  });
});

describe('linear', () => {
  const tensors = [numbers(20, 1), numbers(20, 2), numbers(20, 3)];
  const weights = [0.2, 1.7, -0.4];
  const models = weights.map((weight) => ({ weight }));
  const sum = tensors[0]!.map((_, i) => weights.reduce((s, w, k) => s + w * tensors[k]![i]!, 0));

  it('divides the weighted sum by the sum of weights', () => {
    assertClose(
      merge('linear', { tensors, models }),
      sum.map((value) => value / 1.5),
    );
  });

  it('leaves the sum as it is with normalize: false', () => {
    assertClose(merge('linear', { tensors, models, parameters: { normalize: false } }), sum);
  });

  it('refuses to normalise weights that add up to 0', () => {
    const opposite = [{ weight: 0.3 }, { weight: -0.1 }, { weight: -0.2 }];
    assert.throws(() => merge('linear', { tensors, models: opposite }), {
      name: 'InputError',
      message: 'the weights 0.3, -0.1, -0.2 add up to 0 and cannot be normalised',
    });
    assertClose(
      merge('linear', { tensors, models: opposite, parameters: { normalize: false } }),
      tensors[0]!.map((_, i) => 0.3 * tensors[0]![i]! - 0.1 * tensors[1]![i]! - 0.2 * tensors[2]![i]!),
    );
  });
});
