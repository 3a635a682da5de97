import assert from 'node:assert/strict';
import path from 'node:path';
import { ChildPeer } from '../../src/core/process/childPeer';
import type { EngineParentSurface, EngineSurface, GenerateParams } from '../../src/shared/protocol/engine';

const lab = path.resolve('media/sample-lab');
const file = path.join(lab, 'unsaved.frankenstein.yaml');
const text = (hybrid: string) => `version: 1
checkpoints: { base: ./base, in: ./in, rl: ./rl }
hybrids:
  x: ${hybrid}
`;

describe('the engine answers as it goes', () => {
  let engine: ChildPeer<EngineParentSurface, EngineSurface>;
  before(() => {
    engine = new ChildPeer<EngineParentSurface, EngineSurface>(
      {
        script: path.resolve('dist/engine.js'),
        title: 'engine',
        execPath: process.execPath,
        execArgv: [],
        env: {},
        onOutput: () => undefined,
      },
      { log: () => null, standing: () => null, alive: () => null },
    );
  });
  after(() => engine.stop());

  const generate = async (params: Pick<GenerateParams, 'checkpoint'> & Partial<GenerateParams>) => {
    const told: string[] = [];
    const standard = { device: 'cpu' as const, threads: 1, prompt: 'What is 12 + 5?', images: [], maxNewTokens: 24 };
    const result = await engine.call(
      'generate',
      { ...standard, ...params },
      { onProgress: ({ text: said }) => told.push(said) },
    );
    return { ...result, told };
  };
  const named = (checkpoint: string, hybrid: string) => ({ experiment: file, checkpoint, text: text(hybrid) });

  it('telling what there is, which only grows', async () => {
    const { told, text: whole, tokens } = await generate({ checkpoint: { directory: path.join(lab, 'in') } });
    assert.ok(tokens.length > 4 && told.length > 1, `${told.length} times`);
    told.forEach((said, i) => assert.ok(whole.startsWith(said) && said.length >= (told[i - 1] ?? '').length, said));
  });

  it('from the text of a file that is not saved, or not even there', async () => {
    const own = await generate({ checkpoint: { directory: path.join(lab, 'rl') } });
    const same = await generate({ checkpoint: named('x', '[rl, rl, rl]') });
    const other = await generate({ checkpoint: named('x', '[rl, base, rl]') });
    assert.deepEqual(same.tokens, own.tokens);
    assert.notDeepEqual(other.tokens, own.tokens);
    await assert.rejects(generate({ checkpoint: named('x', '[rl, rl]') }), /unsaved\.frankenstein\.yaml:4:/);
  });

  it('with another checkpoint’s side files', async () => {
    const sidecars = path.join(lab, 'base');
    const { promptTokens, text: said } = await generate({ checkpoint: { directory: path.join(lab, 'in') }, sidecars });
    assert.ok(promptTokens > 0 && said.length > 0);
    await assert.rejects(
      generate({ checkpoint: { directory: path.join(lab, 'in') }, sidecars: path.join(lab, 'pairs') }),
      /pairs/,
    );
  });
});
