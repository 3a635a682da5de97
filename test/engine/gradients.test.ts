import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphFile, Runtime } from '../../src/core/ports';
import type { TrainingSequence } from '../../src/core/train/gradientEngine';
import { InputError } from '../../src/shared/errors';
import { namedRandom } from '../../src/core/statistics/namedRandom';
import { full, sharedData } from '../harness/full';
import { Trainable } from '../harness/gradients';
import { modelTools } from '../harness/modelTools';
import { readTensors } from '../harness/oracle';

const folder = full ? join(sharedData, 'oracle/tied-f32') : 'test/fixtures/oracle/tied-f32';
/** ‖Δ‖/‖g‖ of a tensor's gradient; of log-probabilities, the difference. */
const bound = 1e-4;

const tools = modelTools();
after(() => tools.runtime.releaseAll());

describe('gradients: as PyTorch computes them', () => {
  const facts = JSON.parse(readFileSync(join(folder, 'gradients.json'), 'utf8')) as Record<string, string & string[]>;
  const golden = readTensors(join(folder, 'gradients.safetensors')) as Map<string, Float32Array>;
  const cases = full ? ['text.sft', 'text.weighted', 'image.sft', 'image.weighted'] : ['text.weighted', 'image.sft'];
  let worst = 0;
  after(() => console.log(`      worst relative error ${worst.toExponential(1)}`));

  for (const name of cases) {
    it(name, async () => {
      const [example, loss] = name.split('.');
      const model = await Trainable.open(join(folder, 'checkpoint'), tools);
      const images = await model.images(facts[`${example}.images`].map((file) => join(folder, 'images', file)));
      const sequence = await model.sequence(facts[`${example}.prompt`], facts[`${example}.answer`], images);
      const count = sequence.answer.length;
      const coefficients =
        loss === 'sft' ? new Float32Array(count).fill(-1 / count) : golden.get(`${example}.coefficients`)!;
      const engine = model.engine();
      const [logProbabilities] = await engine.accumulate([sequence], () => [coefficients]);

      assert.ok(largest(logProbabilities, golden.get(`${example}.logprobs`)!) <= bound);
      const total = logProbabilities.reduce((sum, value, i) => sum + value * coefficients[i], 0);
      assert.ok(Math.abs(total - Number(facts[`${name}.loss`])) <= bound, `loss ${total}`);
      for (const [tensor, gradient] of engine.gradients) {
        const expected = golden.get(`${name}.grad.${tensor}`);
        if (!expected) {
          assert.ok(example === 'text' && tensor.startsWith('visual.'), tensor);
          assert.ok(
            gradient.every((value) => value === 0),
            tensor,
          );
          continue;
        }
        const error = distance(gradient, expected);
        assert.ok(error <= bound, `${tensor}: ${error}`);
        worst = Math.max(worst, error);
      }
    });
  }
});

describe('gradients: on the sample lab', () => {
  const evaluation = 'media/sample-lab/evaluation';
  let model: Trainable;
  let sequences: TrainingSequence[];
  let coefficients: Float32Array[];

  before(async () => {
    model = await Trainable.open('media/sample-lab/in', tools);
    const [first, second] = await model.images(['0', '1'].map((i) => `${evaluation}/images/v2r_0000${i}.png`));
    sequences = [
      await model.sequence('How many items are left?', '<think>items 8. 8-1=7.</think><answer>7</answer>', [first]),
      await model.sequence('What is 3+4?', '7', []),
      await model.sequence('How many red items are there?', 'red 3.', [second, first]),
      await model.sequence('How many items are there?', '8', [first]),
    ];
    coefficients = sequences.map(({ answer }, s) => Float32Array.from(answer, (_, i) => Math.cos(s + i)));
  });

  it('a batch has the sum of the gradients of its sequences, and each its own log-probabilities', async () => {
    const together = model.engine();
    const logProbabilities = await together.accumulate(sequences, () => coefficients);
    const apart = model.engine();
    for (const [s, sequence] of sequences.entries()) {
      const [own] = await apart.accumulate([sequence], () => [coefficients[s]]);
      assert.ok(largest(own, logProbabilities[s]) <= bound);
    }
    assertClose(together.gradients, apart.gradients);
    const alone = await together.logProbabilities(sequences);
    alone.forEach((own, s) => assert.ok(largest(own, logProbabilities[s]) <= 1e-6));
  });

  it('small runs come to the same as large ones', async () => {
    const large = model.engine();
    const expected = await large.accumulate(sequences, () => coefficients);
    const small = model.engine(undefined, undefined, { tokens: 100, logitBytes: 3 * 4 * 512 });
    const logProbabilities = await small.accumulate(sequences, () => coefficients);
    logProbabilities.forEach((own, s) => assert.ok(largest(own, expected[s]) <= bound));
    assertClose(small.gradients, large.gradients);
  });

  it('coefficients come from the log-probabilities, and what is there already is added to', async () => {
    const twice = model.engine();
    let given: readonly Float32Array[] = [];
    const returned = await twice.accumulate(sequences, (logProbabilities) => {
      given = logProbabilities.map((own) => own.slice());
      return coefficients;
    });
    assert.deepEqual(given, returned);
    const once = new Map([...twice.gradients].map(([name, gradient]) => [name, gradient.map((value) => 2 * value)]));
    await twice.accumulate(sequences, () => coefficients);
    assertClose(twice.gradients, once);
  });

  it('they are the slope along ten entries of each kind of tensor', async () => {
    const kinds = new Map<string, string>();
    for (const name of model.values.keys()) kinds.set(name.replace(/(layers|blocks)\.\d+/, '$1'), name);
    assert.equal(kinds.size, 32);
    await assertSlopes(model, kinds.values(), sequences, coefficients);
  });

  it('also with a head of its own', async () => {
    const untied = await Trainable.open('test/fixtures/oracle/untied-bf16-3-shards-new-names/checkpoint', tools);
    const sequence = await untied.sequence('What is 3+4?', '<think>3+4=7.</think>', []);
    const weights = Float32Array.from(sequence.answer, (_, i) => Math.cos(i));
    await assertSlopes(
      untied,
      ['lm_head.weight', 'model.embed_tokens.weight', 'model.norm.weight'],
      [sequence],
      [weights],
    );
  });

  const frozen: Record<string, { trains: RegExp; runs: Record<string, number> }> = {
    'the last two layers': { trains: /^model\.layers\.1[01]\./, runs: { head: 1, 'decoder layer': 2 } },
    'a matrix in the middle': {
      trains: /^model\.layers\.6\.self_attn\.v_proj\.weight$/,
      runs: { head: 1, 'decoder layer': 6 },
    },
    'the final norm': { trains: /^model\.norm\./, runs: { head: 1 } },
    'embeddings and head': { trains: /^model\.embed_tokens\./, runs: { head: 1, 'decoder layer': 12 } },
    'the projector': { trains: /^visual\.merger\./, runs: { head: 1, 'decoder layer': 12, merger: 1 } },
    'one layer of the tower': {
      trains: /^visual\.blocks\.4\./,
      runs: { head: 1, 'decoder layer': 12, merger: 1, 'vision layer': 1, 'vision layer with windows': 1 },
    },
    nothing: { trains: /^$/, runs: {} },
  };
  for (const [name, { trains, runs }] of Object.entries(frozen)) {
    it(`only ${name}: the same gradients, and nothing is computed for the rest`, async () => {
      const everything = model.engine();
      const names = [...model.values.keys()].filter((tensor) => trains.test(tensor));
      const counted = new CountingRuntime(tools.runtime);
      const engine = model.engine(names, counted);
      await everything.accumulate(sequences.slice(0, 1), () => coefficients.slice(0, 1));
      await engine.accumulate(sequences.slice(0, 1), () => coefficients.slice(0, 1));
      assert.deepEqual([...engine.gradients.keys()], names);
      assertClose(engine.gradients, everything.gradients);
      assert.deepEqual(counted.backward, runs);
    });
  }

  it('without images the tower is left alone', async () => {
    const counted = new CountingRuntime(tools.runtime);
    await model.engine(undefined, counted).accumulate([sequences[1]], () => [coefficients[1]]);
    assert.deepEqual(counted.backward, { head: 1, 'decoder layer': 12 });
    const tower = new CountingRuntime(tools.runtime);
    const engine = model.engine(['visual.patch_embed.proj.weight'], tower);
    await engine.accumulate([sequences[1]], () => [coefficients[1]]);
    assert.deepEqual(tower.backward, {});
  });

  it('a token past the vocabulary is refused', async () => {
    const broken = { ...sequences[1], answer: [512] };
    await assert.rejects(model.engine().logProbabilities([broken]), (error: Error) => {
      return error instanceof InputError && error.message === "token 512 is not among the model's 512";
    });
  });

  it('an answer without tokens has no log-probabilities and no gradient', async () => {
    const engine = model.engine();
    const empty = { ...sequences[0], answer: [] };
    const [none, own] = await engine.accumulate([empty, sequences[1]], () => [new Float32Array(), coefficients[1]]);
    const alone = model.engine();
    const [expected] = await alone.accumulate([sequences[1]], () => [coefficients[1]]);
    assert.equal(none.length, 0);
    assert.ok(largest(own, expected) <= 1e-6);
    for (const [name, gradient] of alone.gradients)
      assert.ok(largest(engine.gradients.get(name)!, gradient) <= 1e-6, name);
  });

  it('is cancelled', async () => {
    const cancelled = AbortSignal.abort();
    await assert.rejects(model.engine().logProbabilities(sequences, cancelled), { name: 'AbortError' });
  });
});

/** Moves ten entries of each tensor along their gradient and back, and measures what that makes of Σ coefficient · log p. */
async function assertSlopes(
  model: Trainable,
  names: Iterable<string>,
  sequences: readonly TrainingSequence[],
  coefficients: readonly Float32Array[],
): Promise<void> {
  const engine = model.engine();
  await engine.accumulate(sequences, () => coefficients);
  const total = async () => {
    const all = await engine.logProbabilities(sequences);
    return all.reduce((sum, own, s) => own.reduce((inner, p, i) => inner + p * coefficients[s][i], sum), 0);
  };
  const step = 0.03;
  for (const name of names) {
    const random = namedRandom(1, name);
    const gradient = engine.gradients.get(name)!;
    const values = model.values.get(name)!;
    const entries = [...new Set(Array.from({ length: 10 }, () => Math.floor(random() * gradient.length)))];
    const slope = Math.hypot(...entries.map((i) => gradient[i]));
    const original = values.slice();
    const at = async (distance: number) => {
      for (const i of entries) values[i] = original[i] + (distance * gradient[i]) / slope;
      return total();
    };
    const measured = ((await at(step)) - (await at(-step))) / (2 * step);
    values.set(original);
    // What float32 leaves of a difference of sums near 100, and the curve's third derivative.
    assert.ok(Math.abs(measured - slope) <= 1e-3 + 1e-3 * slope, `${name}: ${measured} for ${slope}`);
  }
}

/** Counts how often each backward graph was run. */
class CountingRuntime implements Runtime {
  readonly backward: Record<string, number> = {};

  constructor(private readonly inner: Runtime) {}

  get device() {
    return this.inner.device;
  }

  async createSession(graph: GraphFile) {
    const session = await this.inner.createSession(graph);
    const [name, pass] = graph.name.split(', ');
    const run: typeof session.run = (...given) => {
      if (pass === 'backward') this.backward[name] = (this.backward[name] ?? 0) + 1;
      return session.run(...given);
    };
    return { run };
  }
}

function assertClose(actual: ReadonlyMap<string, Float32Array>, expected: ReadonlyMap<string, Float32Array>): void {
  for (const [name, gradient] of actual) {
    const error = distance(gradient, expected.get(name)!);
    assert.ok(error <= bound, `${name}: ${error}`);
  }
}

function largest(actual: Float32Array, expected: Float32Array): number {
  assert.equal(actual.length, expected.length);
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}

function distance(actual: Float32Array, expected: Float32Array): number {
  assert.equal(actual.length, expected.length);
  let [difference, norm] = [0, 0];
  expected.forEach((value, i) => {
    difference += (actual[i] - value) ** 2;
    norm += value ** 2;
  });
  return Math.sqrt(difference / norm);
}
