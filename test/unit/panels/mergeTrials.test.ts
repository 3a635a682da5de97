import assert from 'node:assert/strict';
import { CancelledError, InputError } from '../../../src/shared/errors';
import type { GenerateParams, GenerateResult } from '../../../src/shared/protocol/engine';
import type { TriedAnswer } from '../../../src/shared/protocol/merge';
import { MergeTrials, type Generates, type TrialSubject } from '../../../src/host/panels/mergeTrials';

const file = '/lab/lab.frankenstein.yaml';
const subject: TrialSubject = {
  file,
  text: 'version: 1',
  spec: ['in', 'rl', 'rl'],
  hash: 'abc',
  checkpoints: ['IN:RL:RL', 'in', 'rl'],
  sidecars: '/lab/in',
};
const request = {
  hybrid: 'IN:RL:RL',
  prompt: 'How many?',
  maxNewTokens: 8,
  image: { name: 'a.png', path: '/pictures/a.png' },
};

function answerOf(text: string): GenerateResult {
  return {
    text,
    tokens: [1, 2],
    promptTokens: 3,
    imageTokens: 0,
    device: 'cpu',
    seconds: { load: 9, prefill: 1, decode: 0.5 },
  };
}

function memory() {
  const values = new Map<string, unknown>();
  return {
    values,
    get: <T>(key: string) => values.get(key) as T | undefined,
    update: (key: string, value: unknown) => (values.set(key, structuredClone(value)), Promise.resolve()),
  };
}

describe('trials of hybrids', () => {
  const run = async (call: Generates['call'], store = memory()) => {
    const told: (readonly TriedAnswer[])[] = [];
    const trials = new MergeTrials(file, store, { call }, () => ({ device: 'cpu', threads: 2 }));
    await trials.run(request, subject, new AbortController().signal, (answers) => told.push(structuredClone(answers)));
    return { trials, told };
  };

  it('ask everybody the same, with the skeleton’s side files and the unsaved text', async () => {
    const asked: GenerateParams[] = [];
    await run((_, params) => (asked.push(params), Promise.resolve(answerOf('3'))));
    const same = {
      device: 'cpu',
      threads: 2,
      prompt: 'How many?',
      images: ['/pictures/a.png'],
      maxNewTokens: 8,
      sidecars: '/lab/in',
    };
    const expected = ['IN:RL:RL', 'in', 'rl'].map((checkpoint) => {
      return { ...same, checkpoint: { experiment: file, checkpoint, text: 'version: 1' } };
    });
    assert.deepEqual(asked, expected);
  });

  it('tell answers as they grow', async () => {
    const { told } = await run((_, { checkpoint }, { onProgress }) => {
      onProgress?.({ text: 'Th' });
      return Promise.resolve(answerOf('checkpoint' in checkpoint ? `${checkpoint.checkpoint}!` : ''));
    });
    assert.deepEqual(
      told[1]!.map(({ text }) => text),
      ['Th'],
    );
    const last = told.at(-1)!;
    assert.deepEqual(
      last.map(({ text, tokens, seconds }) => [text, tokens, seconds]),
      [
        ['IN:RL:RL!', 2, 1.5],
        ['in!', 2, 1.5],
        ['rl!', 2, 1.5],
      ],
    );
  });

  it('are kept without paths for the page, with what brings them back for the host', async () => {
    const { trials } = await run(() => Promise.resolve(answerOf('3')));
    const [tried] = trials.list();
    assert.equal(tried!.image, 'a.png');
    assert.ok(!JSON.stringify(tried).includes('/pictures'));
    const { hybrid, spec, imagePath } = trials.get(tried!.id);
    assert.deepEqual([hybrid, spec, imagePath], ['IN:RL:RL', ['in', 'rl', 'rl'], '/pictures/a.png']);
    await trials.clear();
    assert.deepEqual(trials.list(), []);
    assert.throws(() => trials.get(tried!.id), InputError);
  });

  it('go on where one of them fails, and say why', async () => {
    const { told } = await run((_, { checkpoint }) =>
      'checkpoint' in checkpoint && checkpoint.checkpoint === 'in'
        ? Promise.reject(new InputError('too large', 'Take another.'))
        : Promise.resolve(answerOf('3')),
    );
    assert.deepEqual(
      told.at(-1)!.map(({ failure }) => failure),
      [null, 'too large. Take another.', null],
    );
  });

  it('that are cancelled are not kept', async () => {
    const store = memory();
    await assert.rejects(
      run(() => Promise.reject(new CancelledError()), store),
      CancelledError,
    );
    assert.equal(store.values.size, 0);
  });

  it('are kept newest first, and not for ever', async () => {
    const store = memory();
    for (let i = 0; i < 52; i++) await run(() => Promise.resolve(answerOf(String(i))), store);
    const { trials } = await run(() => Promise.resolve(answerOf('last')), store);
    assert.equal(trials.list().length, 50);
    assert.equal(trials.list()[0]!.answers[0]!.text, 'last');
  });
});
