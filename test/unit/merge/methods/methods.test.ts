import assert from 'node:assert/strict';
import { workingBytes } from '../../../../src/core/merge/methods/method';
import { mergeMethods, methodByName } from '../../../../src/core/merge/methods/methods';
import { checkMerge } from '../../../../src/core/merge/methods/parameters';
import { family, merge } from './mergeTensors';

describe('the registry of merge methods', () => {
  it("has mergekit's names, each once", () => {
    assert.deepEqual(mergeMethods.map(({ name }) => name).sort(), [
      'arcee_fusion',
      'breadcrumbs',
      'breadcrumbs_ties',
      'dare_linear',
      'dare_ties',
      'della',
      'della_linear',
      'karcher',
      'linear',
      'model_stock',
      'multislerp',
      'nearswap',
      'nuslerp',
      'passthrough',
      'ram',
      'ramplus_tl',
      'sce',
      'slerp',
      'task_arithmetic',
      'ties',
    ]);
  });

  it('knows a method by name, and names them all otherwise', () => {
    assert.equal(methodByName('ram').title, 'RAM');
    assert.throws(() => methodByName('tise'), { name: 'InputError', mend: /passthrough, linear, .*arcee_fusion/ });
  });

  it('has defaults within their ranges', () => {
    for (const method of mergeMethods) {
      const given = (specs: typeof method.parameters) =>
        Object.fromEntries(specs.map((spec) => [spec.name, spec.default ?? 0.5]));
      const models = Array.from({ length: method.models.min }, () => given(method.perModel));
      checkMerge(method, method.base === 'required', { models, shared: [given(method.parameters)] });
    }
  });

  it('merges a model that is the base to the base, whatever the shape', () => {
    for (const method of mergeMethods.filter(({ base }) => base === 'required')) {
      for (const shape of [[24], [4, 6], [1, 24], [24, 1], [2, 3, 2, 2]]) {
        const { base } = family(24, 1);
        const given = Object.fromEntries(method.parameters.flatMap(({ name, default: d }) => (d === null ? [[name, 0.5]] : []))); // prettier-ignore
        const own = Object.fromEntries(method.perModel.map(({ name, default: d }) => [name, name === 'density' ? 0.5 : (d ?? 1)])); // prettier-ignore
        const tensors = Array.from({ length: method.models.min }, () => base);
        const merged = merge(method.name, { base, tensors, shape, models: tensors.map(() => own), parameters: given });
        merged.forEach((x, i) => {
          if (Math.abs(x - base[i]!) > 1e-12) assert.fail(`${method.name} [${shape.join()}]: ${x} is not ${base[i]}`);
        });
      }
    }
  });

  it('takes empty tensors', () => {
    for (const method of mergeMethods) {
      const count = Math.max(method.models.min, 1);
      const own = Object.fromEntries(method.perModel.map(({ name, default: d }) => [name, d ?? 1]));
      const given = Object.fromEntries(method.parameters.map(({ name, default: d }) => [name, d ?? 0.5]));
      const tensors = Array.from({ length: count }, () => []);
      const base = method.base === 'required' ? { base: [] } : {};
      const models = tensors.map(() => own);
      assert.deepEqual(
        merge(method.name, { ...base, tensors, shape: [0], models, parameters: given }),
        [],
        method.name,
      );
    }
  });

  it('says what it holds in memory', () => {
    assert.equal(workingBytes(methodByName('linear'), 2), 24); // two models and the result
    assert.equal(workingBytes(methodByName('task_arithmetic'), 2), 32);
    assert.equal(workingBytes(methodByName('ties'), 3), 40.5); // and four bits
    assert.equal(workingBytes(methodByName('karcher'), 2), 32);
  });
});
