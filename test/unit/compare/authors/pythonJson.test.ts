import assert from 'node:assert/strict';
import { pythonFloat, pythonJson } from '../../../../src/core/compare/authors/pythonJson';

describe('JSON as Python writes it', () => {
  it('floats: repr of Python 3', () => {
    const cases: [number, string][] = [
      [0, '0.0'],
      [-0, '-0.0'],
      [1, '1.0'],
      [-12, '-12.0'],
      [0.1, '0.1'],
      [1e-4, '0.0001'],
      [1.5e-5, '1.5e-05'],
      [1e-5, '1e-05'],
      [2.5e-7, '2.5e-07'],
      [1e-100, '1e-100'],
      [123456789.125, '123456789.125'],
      [1e15, '1000000000000000.0'],
      [1e16, '1e+16'],
      [1.2345e20, '1.2345e+20'],
      [5e-324, '5e-324'],
      [NaN, 'NaN'],
      [-Infinity, '-Infinity'],
      [Infinity, 'Infinity'],
    ];
    for (const [value, expected] of cases) assert.equal(pythonFloat(value), expected);
  });

  it('whole numbers where a field holds them, lists of them too', () => {
    const value = { layers: [0, 1], rate: 1, none: null, deep: { layers: 2, text: 'ä "x"\n' } };
    assert.equal(
      pythonJson(value, { indent: null, integers: ['layers'] }),
      '{"layers": [0, 1], "rate": 1.0, "none": null, "deep": {"layers": 2, "text": "\\u00e4 \\"x\\"\\n"}}',
    );
  });

  it('indents, and leaves what is empty on its line', () => {
    assert.equal(
      pythonJson({ a: [], b: {}, c: [0.5, [true]] }, { indent: 2, integers: [] }),
      '{\n  "a": [],\n  "b": {},\n  "c": [\n    0.5,\n    [\n      true\n    ]\n  ]\n}',
    );
  });
});
