import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mergeMethods } from '../../../../src/core/merge/methods/methods';

describe('README', () => {
  it('lists every merge method with its parameters', () => {
    const text = readFileSync('README.md', 'utf8');
    for (const { name, perModel, parameters } of mergeMethods) {
      const line = new RegExp(`^\\| \`${name}\` .*$`, 'm').exec(text)?.[0];
      assert.ok(line, name);
      for (const parameter of [...perModel, ...parameters]) assert.ok(line.includes(`\`${parameter.name}`), line);
    }
  });
});
