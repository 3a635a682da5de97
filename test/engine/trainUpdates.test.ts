/** A train step in this process, where what it is given can be broken: rewards, numbers, memory, files. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Grader } from '../../src/core/evaluate/grading/grade';
import { gradeAsText } from '../../src/core/evaluate/grading/gradeAsText';
import type { StepPlan } from '../../src/core/experiment/step';
import { WeightReader } from '../../src/core/files/weightReader';
import { Backpropagation } from '../../src/core/train/backpropagation';
import { SupervisedFineTuning } from '../../src/core/train/sft';
import { StartWeights } from '../../src/core/train/startWeights';
import { planTrain } from '../../src/core/train/trainStep';
import type { TrainPrompts } from '../../src/core/train/trainItems';
import { accumulateInPieces } from '../../src/core/train/trainMethod';
import type { TrainRow } from '../../src/shared/trainResults';
import { datasetItem } from '../harness/datasetItem';
import { sampleLab, writeExperiment } from '../harness/experimentFile';
import { Trainable } from '../harness/gradients';
import { modelTools } from '../harness/modelTools';
import { refuses } from '../harness/refuses';
import { stepContext } from '../harness/stepContext';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const tools = modelTools();
const reader = new WeightReader();
const signal = new AbortController().signal;
after(async () => {
  reader.close();
  await tools.runtime.releaseAll();
});

const sums = `${sampleLab}/evaluation/reasoning.jsonl`;
const sft = `from: in, method: sft, dataset: ${sums}, steps: 4, batch: 1, saveEvery: 2, freeze: [vision, early]`;
const grpo = `from: in, method: grpo, dataset: ${sums}, steps: 2, batch: 1, groupSize: 4, saveEvery: 1, temperature: 2, maxNewTokens: 8`;

/** Rewards texts of odd length: some of every group, whatever the model knows. */
const odd: Grader = {
  grade: (requests) =>
    Promise.resolve(requests.map(({ text }) => ({ extracted: null, correct: text.length % 2 === 1 }))),
  problems: (golds) => Promise.resolve(golds.map(() => null)),
};

/** A planned step, and what it says on the way. */
async function plan(place: string, options: string, grader = odd) {
  const file = writeExperiment(place, `steps: [train: { id: train, output: ./out, ${options} }]`);
  const { context, logged } = stepContext(file, readFileSync(file, 'utf8'), tools);
  mkdirSync(context.runFolder, { recursive: true });
  const weights = { read: reader.read.bind(reader) } as never;
  const step = context.experiment.content.steps[0]!.train!;
  return { logged, runFolder: context.runFolder, planned: await planTrain(step, { ...context, grader, weights }) };
}

async function rowsOf(planned: StepPlan, from = 0): Promise<TrainRow[]> {
  const rows: TrainRow[] = [];
  for (let batch = from; batch < planned.batches.length; batch++) {
    rows.push(...((await planned.runBatch(batch, signal)) as TrainRow[]));
  }
  return rows;
}

async function trained(options: string) {
  const place = folder();
  const { planned } = await plan(place, options);
  const rows = await rowsOf(planned);
  await planned.finish!(signal);
  return { rows, output: readFileSync(path.join(place, 'out/model.safetensors')) };
}

describe('several updates from each batch of answers', () => {
  const eager = `${grpo}, learningRate: 0.003, freeze: [vision]`;

  it('are held back by the clip, and each way of weighing them learns something else', async () => {
    const short = eager.replace('steps: 2', 'steps: 1');
    const once = await trained(short);
    assert.ok(once.rows.every((row) => !('clipped' in row)));
    const outputs = [once.output];
    for (const variant of ['grpo', 'dr-grpo', 'gspo']) {
      const { rows, output } = await trained(`${short}, ppoEpochs: 3, variant: ${variant}, clip: 0.01`);
      // The answers of the first step are those of the start, whatever is made of them.
      for (const field of ['reward', 'length', 'idle'] as const) assert.equal(rows[0]![field], once.rows[0]![field]);
      assert.ok(rows[0]!.clipped! > 0 && rows[0]!.clipped! < 1, `${variant}: ${rows[0]!.clipped}`);
      outputs.push(output);
    }
    const wide = await trained(`${short}, ppoEpochs: 3, clip: 1000000`);
    assert.equal(wide.rows[0]!.clipped, 0);
    outputs.push(wide.output);
    outputs.forEach((a, i) =>
      assert.ok(
        outputs.every((b, k) => i === k || !a.equals(b)),
        `output ${i}`,
      ),
    );
  }).timeout(240_000);

  it('one update named as such is the one that needs no name, byte for byte', async () => {
    const named = await trained(`${eager}, ppoEpochs: 1, variant: grpo`);
    const plain = await trained(eager);
    assert.ok(named.output.equals(plain.output));
    assert.deepEqual(named.rows, plain.rows);
  }).timeout(240_000);

  it('go on after an interruption as if there had been none', async () => {
    const options = `${eager}, ppoEpochs: 2, kl: 0.1`;
    const whole = await rowsOf((await plan(folder(), options)).planned);
    const place = folder();
    const [first] = (await (await plan(place, options)).planned.runBatch(0, signal)) as TrainRow[];
    assert.deepEqual([first, ...(await rowsOf((await plan(place, options)).planned, 1))], whole);
    assert.ok(whole[0]!.kl! > 0, 'the second update no longer has the weights of the start');
  }).timeout(240_000);

  it('are refused in numbers that teach nothing', async () => {
    await refuses(plan(folder(), `${eager}, ppoEpochs: 1000`), /has 1000 ppoEpochs; 64 are the most/);
  });
});

describe('the divergence from the start', () => {
  it('is measured against its files, to the bit what a copy in memory would give', async () => {
    const model = await Trainable.open(`${sampleLab}/in`, tools);
    const entries = [...model.checkpoint.tensors.values()];
    const [image] = await model.images([`${sampleLab}/evaluation/images/v2r_00000.png`]);
    const sequences = [
      await model.sequence('How many items are left?', '<think>items 8.</think><answer>7</answer>', [image!]),
      await model.sequence('What is 3+4?', '7', []),
    ];
    const expected = await model.engine([]).logProbabilities(sequences);
    const values = new Map([...model.values].map(([name, own]) => [name, own.map((value) => 2 * value)]));
    const start = new StartWeights(entries, values, reader.read.bind(reader));
    const sizes = model.sizes;
    const reference = new Backpropagation(tools.runtime, sizes, { values: start, trained: new Set() });
    assert.deepEqual(await reference.logProbabilities(sequences), expected);
    const moved = new Backpropagation(tools.runtime, sizes, { values, trained: new Set() });
    assert.notDeepEqual(await moved.logProbabilities(sequences), expected);
  });
});

describe('a batch that does not fit', () => {
  it('is cut into pieces whose gradients add up to the same', async () => {
    const model = await Trainable.open(`${sampleLab}/in`, tools);
    const images = await model.images(['0', '1'].map((i) => `${sampleLab}/evaluation/images/v2r_0000${i}.png`));
    const answers = ['7', '<think>items 8. 8-1=7.</think><answer>7</answer>', 'red 3.', '12', '<answer>4</answer>'];
    const items = answers.map((answer, i) => datasetItem({ id: `${i}`, answer }));
    const prompts = {
      read: () =>
        Promise.all(
          items.map(async (item, i) => {
            const own = i < 2 ? [images[i]!] : [];
            const { prompt } = await model.sequence(`Question ${i}?`, '', own);
            return { item, tokens: prompt, images: own };
          }),
        ),
    } as unknown as TrainPrompts;
    const codec = tools.textCodec(`${sampleLab}/in`);
    const gradientsOf = async (atOnce: number) => {
      const engine = model.engine();
      const counted: number[] = [];
      const counting = {
        ...engine,
        gradients: engine.gradients,
        accumulate: (...given: Parameters<typeof engine.accumulate>) => {
          counted.push(given[0].length);
          return engine.accumulate(...given);
        },
      } as unknown as Backpropagation;
      const method = new SupervisedFineTuning({ engine: counting, prompts, codec, closing: 2, atOnce });
      const { loss } = await method.gradient(items, 1, signal);
      return { loss, counted, gradients: engine.gradients };
    };
    const whole = await gradientsOf(8);
    assert.deepEqual(whole.counted, [5]);
    for (const [atOnce, pieces] of [
      [2, [2, 2, 1]],
      [1, [1, 1, 1, 1, 1]],
    ] as const) {
      const cut = await gradientsOf(atOnce);
      assert.deepEqual(cut.counted, pieces);
      assert.ok(Math.abs(cut.loss - whole.loss) < 1e-6 * whole.loss, `${cut.loss}, ${whole.loss}`);
      for (const [name, gradient] of whole.gradients) {
        const other = cut.gradients.get(name)!;
        let [distance, norm] = [0, 0];
        gradient.forEach((value, k) => {
          distance += (value - other[k]!) ** 2;
          norm += value ** 2;
        });
        assert.ok(norm > 0 && Math.sqrt(distance / norm) <= 1e-5, `${name}: ${Math.sqrt(distance / norm)}`);
      }
    }
    const broken = model.engine();
    await accumulateInPieces(broken, [], 2, () => assert.fail('there is nothing to weigh'), signal);
  }).timeout(240_000);
});

describe('a training that goes wrong', () => {
  it('a reward that throws ends the run with the step and the questions, and it goes on from there', async () => {
    const place = folder();
    let calls = 0;
    const failing: Grader = {
      ...odd,
      grade: (requests) => (calls++ === 1 ? Promise.reject(new Error('the sandbox is gone')) : odd.grade(requests)),
    };
    const { planned, runFolder } = await plan(place, grpo, failing);
    const first = (await planned.runBatch(0, signal)) as TrainRow[];
    await assert.rejects(
      planned.runBatch(1, signal),
      /^Error: step 2: the answers to reason_\d+ could not be judged: the sandbox is gone/,
    );
    assert.deepEqual(readdirSync(runFolder), ['state-1.safetensors']);
    const rest = await rowsOf((await plan(place, grpo)).planned, 1);
    assert.deepEqual([...first, ...rest], await rowsOf((await plan(folder(), grpo)).planned));
  }).timeout(240_000);

  it('answers that no rollout reaches teach nothing, and that is said', async () => {
    const place = folder();
    writeFileSync(path.join(place, 'odd.jsonl'), '{"id":"a","question":"What is 3+4?","answer":"seven hundred"}\n');
    const long = grpo.replace('steps: 2', 'steps: 20').replace('saveEvery: 1', 'saveEvery: 20');
    const strict: Grader = { ...odd, grade: (requests) => Promise.resolve(requests.map(gradeAsText)) };
    const { planned, logged } = await plan(place, long.replace(sums, './odd.jsonl'), strict);
    const rows = await rowsOf(planned);
    assert.ok(rows.every(({ idle, reward, gradientNorm }) => idle === 1 && reward === 0 && gradientNorm === 0));
    assert.ok(
      logged.some((line) => /20 steps in a row taught nothing, up to step 20: all answers were wrong/.test(line)),
    );
    await planned.finish!(signal);
    assert.ok(logged.some((line) => /no step taught anything/.test(line)));
  }).timeout(240_000);

  it('a learning rate that explodes ends the run, and what was saved before stays', async () => {
    const options = `${sft.replace('steps: 4', 'steps: 30').replace('saveEvery: 2', 'saveEvery: 3')}, learningRate: 1e38`;
    const { planned, logged, runFolder } = await plan(folder(), options);
    await refuses(rowsOf(planned), /not finite in 10 steps in a row, the last is step 11/);
    assert.match(logged.at(-1)!, /^error: steps 10 to 10 are not saved; losses were 10: not finite$/);
    assert.ok(readdirSync(runFolder).includes('state-3.safetensors'));
    const policy = await plan(folder(), `${grpo}, learningRate: 1e38`);
    await policy.planned.runBatch(0, signal);
    await refuses(
      policy.planned.runBatch(1, signal),
      /step 2: the weights have grown until the model computes no numbers/,
    );
    assert.deepEqual(readdirSync(policy.runFolder), ['state-1.safetensors']);
  }).timeout(240_000);

  it('what explodes in the last step is not written', async () => {
    const place = folder();
    const { planned } = await plan(place, `${sft.replace('steps: 4', 'steps: 1')}, learningRate: 1e39`);
    await rowsOf(planned);
    await refuses(planned.finish!(signal), /has numbers that are not finite after training: no checkpoint is written/);
    assert.deepEqual(readdirSync(place).sort(), ['x.frankenstein.yaml', 'x.runs']);
  }).timeout(240_000);

  it('killed while it writes the checkpoint, it writes all of it anew', async () => {
    const place = folder();
    const { planned, runFolder } = await plan(place, sft);
    await rowsOf(planned);
    const part = path.join(place, '.out.training');
    // What a kill leaves: half a file and no note, or all files, the note and no folder of that name.
    mkdirSync(part);
    writeFileSync(path.join(part, 'model.safetensors'), 'half');
    writeFileSync(path.join(part, 'strange.txt'), '');
    const note = { plan: '0', files: { 'model.safetensors': { device: '1', inode: '1', size: 4, modifiedNs: '1' } } };
    writeFileSync(path.join(runFolder, 'output.json'), JSON.stringify(note));
    const again = (await plan(place, sft)).planned;
    const written = await again.finish!(signal);
    const expected = await trained(sft);
    assert.ok(readFileSync(path.join(place, 'out/model.safetensors')).equals(expected.output));
    assert.ok(!existsSync(part) && !existsSync(path.join(place, 'out/strange.txt')));
    assert.deepEqual(await (await plan(place, sft)).planned.finish!(signal), written, 'and not a second time');
  }).timeout(240_000);
});
