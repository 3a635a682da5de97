import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import { CheckpointFactsReader } from '../../../src/core/experiment/language/checkpointFacts';
import { hoverAt } from '../../../src/core/experiment/language/hover';
import { markdownText } from '../../../src/core/experiment/language/names';
import { outlineOf } from '../../../src/core/experiment/language/outline';
import { meaningfulTexts } from '../../../src/core/experiment/language/meaningfulTexts';
import { namedAt } from '../../../src/core/experiment/language/references';

const text = [
  'version: 1',
  'checkpoints:',
  '  base: ./base',
  '  "in": { path: ./none }',
  'regions: [3, 9]',
  'hybrids: { mix: [base, in, in] }',
  'steps:',
  '  - swap: { id: base, checkpoint: base, pairs: ./pairs, mode: single, limit: 5 }',
  '  - merge:',
  '      id: write',
  '      hybrid: mix',
  '      output: ./out',
  '',
].join('\n');
const { document } = parseExperiment(text);
const directory = resolve('media/sample-lab');
const checkpoints = new CheckpointFactsReader();

/** @param nth which occurrence of `word`, from 0 */
function offsetOf(word: string, nth = 0): number {
  let at = text.indexOf(word);
  for (let i = 0; i < nth; i++) at = text.indexOf(word, at + 1);
  return at;
}

async function hover(word: string, nth = 0): Promise<string[] | null> {
  const stepState = (id: string) => Promise.resolve(id === 'base' ? 'Last run: finished.' : null);
  const found = await hoverAt(document, offsetOf(word, nth), { directory, checkpoints, stepState });
  return found && [found.title, ...found.lines];
}

describe('hover', () => {
  it('a key: description, type and default', async () => {
    const [title, description, type, standard] = (await hover('mode'))!;
    assert.equal(title, 'mode');
    assert.match(description!, /suffix \[l, L\)/);
    assert.deepEqual([type, standard], ['Type: one of suffix, single, window, prefix', 'Default: "suffix"']);
    assert.deepEqual((await hover('limit'))!.slice(2), ['Type: whole number']);
    assert.equal((await hover('single'))![0], 'mode', 'a choice explains itself too');
  });

  it('a checkpoint, where it is named and where it is used: family, sizes, layers and regions', async () => {
    const named = await hover('base');
    assert.deepEqual(named!.slice(0, 1), ['base']);
    assert.match(named![1]!, /^qwen2_5_vl: [\d.]+ [kMB] parameters, [\d.]+ MB$/);
    assert.deepEqual(named!.slice(2, 4), ['12 decoder layers: Early 0–2, Mid 3–8, Late 9–11', '6 vision layers']);
    assert.equal(named!.at(-1), join(directory, 'base'));
    assert.deepEqual(await hover('base, in, in'), named);
    assert.deepEqual(await hover('base, pairs'), named);
    assert.match((await hover('in"'))![1]!, /none: it does not exist$/);
    assert.deepEqual(await hover('mix'), [
      'mix',
      'Hybrid base · in · in: a virtual checkpoint, nothing of it is written.',
      'cannot read the folder ' + join(directory, 'none') + ': it does not exist',
    ]);
  });

  it('a hybrid: the donor of each layer and of each part', async () => {
    const file = [
      'version: 1',
      'checkpoints: { in: ./in, rl: ./rl }',
      'regions: [3, 9]',
      'hybrids:',
      '  mix: { skeleton: in, layers: { "2-6": rl, "9": { attention: rl } }, visionLayers: { "1": rl }, head: in }',
      '',
    ].join('\n');
    const stepState = () => Promise.resolve(null);
    const at = { directory, checkpoints, stepState };
    const found = await hoverAt(parseExperiment(file).document, file.indexOf('mix'), at);
    assert.deepEqual(found!.lines, [
      'Hybrid in + rl 2–6 + attention rl 9 + rl vision 1: a virtual checkpoint, nothing of it is written.',
      'Layers 0 to 11: AABBBBAAA·AA (A in, B rl)',
      'Skeleton: in (config, tokenizer, template, processor)',
      'Early: layers 0–1 in; 2 rl',
      'Mid: layers 3–5 rl; 6–8 in',
      'Late: layers 9 attention rl, mlp in, norm in; 10–11 in',
      'Vision tower: layers 0 in; 1 rl; 2–5 in',
      'Projector: in',
      'Embeddings: in',
      'Head: in',
    ]);
  });

  it("a step's kind and id: what it does and how its last run ended", async () => {
    assert.deepEqual((await hover('base, checkpoint'))!.slice(-1), ['Last run: finished.']);
    assert.deepEqual((await hover('swap'))!.slice(-1), ['Last run: finished.']);
    assert.deepEqual(await hover('write'), ['merge write', 'Writes a hybrid as a checkpoint.', 'Never run.']);
  });

  it('nothing at a plain value', async () => {
    assert.equal(await hover('5'), null);
    assert.equal(await hover('./pairs'), null);
  });
});

describe('text of others in Markdown', () => {
  it('stays text', () => {
    assert.equal(markdownText('[x](command:y) *b* <i>\n# 1.'), '\\[x\\]\\(command\\:y\\) \\*b\\* \\<i\\> \\# 1\\.');
  });
});

describe('names', () => {
  it('lead to their entry and to every use; an id of the same name is none', () => {
    const named = namedAt(document, offsetOf('base, pairs'))!;
    assert.equal(named.entry.at.from, offsetOf('base'));
    assert.deepEqual(
      named.uses.map(({ from }) => from),
      [offsetOf('base, in, in'), offsetOf('base, pairs')],
    );
    assert.equal(namedAt(document, offsetOf('base, checkpoint')), null);
    assert.equal(namedAt(document, offsetOf('mix\n'))!.entry.at.from, offsetOf('mix'));
    assert.equal(namedAt(document, offsetOf('in"'))!.uses.length, 2, 'a name in quotes is the same name');
  });
});

describe('the outline', () => {
  it('checkpoints, hybrids and steps with the places of their names', () => {
    const { checkpoints: named, hybrids, steps } = outlineOf(document);
    const shown = [...named, ...hybrids].map(({ name, at }) => [name, text.slice(at.from, at.to)]);
    assert.deepEqual(shown, [
      ['base', 'base'],
      ['in', '"in"'],
      ['mix', 'mix'],
    ]);
    assert.deepEqual(
      named.map(({ folder }) => folder?.text),
      ['./base', './none'],
    );
    assert.deepEqual(
      steps.map(({ kind, id, index }) => [kind, id, index]),
      [
        ['swap', 'base', 0],
        ['merge', 'write', 1],
      ],
    );
    assert.ok(text.slice(steps[1]!.range.from, steps[1]!.range.to).trimEnd().endsWith('./out'));
  });

  it('of a file that is half written', () => {
    const broken = parseExperiment(
      'checkpoints: { a: ./a\nsteps:\n  - swap: { id: x, \n  - ablate:\n  - foo: 1\n',
    ).document;
    assert.deepEqual(
      outlineOf(broken)
        .checkpoints.map(({ name }) => name)
        .slice(0, 1),
      ['a'],
    );
    const steps = outlineOf(parseExperiment('steps:\n  - swap:\n  - ablate: { id: b').document).steps;
    assert.deepEqual(
      steps.map(({ kind, id }) => [kind, id]),
      [
        ['swap', null],
        ['ablate', 'b'],
      ],
    );
  });

  it('paths and names of the file', () => {
    const found = meaningfulTexts(document).map(({ meaning, text: word }) => `${meaning} ${word}`);
    assert.deepEqual(found, [
      'checkpointFolder ./base',
      'checkpointFolder ./none',
      'checkpoint base',
      'checkpoint in',
      'checkpoint in',
      'checkpointOrHybrid base',
      'pairsFolder ./pairs',
      'hybrid mix',
      'output ./out',
    ]);
  });
});
