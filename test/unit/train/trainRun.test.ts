/** The loop of updates over a model that needs no runtime: two vectors, drawn to a target that depends on the item. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DatasetItem } from '../../../src/core/evaluate/dataset';
import type { GradientEngine, Parameters } from '../../../src/core/train/gradientEngine';
import type { StepOutcome } from '../../../src/core/train/trainMethod';
import { TrainRun, type Trainee } from '../../../src/core/train/trainRun';
import { StateFiles } from '../../../src/core/train/trainState';
import type { TrainRow } from '../../../src/shared/trainResults';
import { InputError } from '../../../src/shared/errors';
import { datasetItem } from '../../harness/datasetItem';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const signal = new AbortController().signal;
const items = Array.from({ length: 5 }, (_, i) => datasetItem({ id: `item ${i}` }));
const options = { steps: 7, saveEvery: 3, seed: 1, batch: 2, learningRate: 0.1, warmup: 0, weightDecay: 0.01 };

/** What a step finds in place of the usual. */
type Odd = (step: number) => Partial<StepOutcome> & { readonly gradient?: number };

interface Fixture {
  readonly run: TrainRun;
  readonly logged: string[];
  /** Times the weights of the start were read, and a run began anew. */
  readonly counts: { read: number; begun: number };
  parameters(): Parameters;
  gradients(): ReadonlyMap<string, Float32Array>;
}

function fixture(
  place: string,
  given: Partial<typeof options & { maxGradientNorm: number }> = {},
  odd: Odd = () => ({}),
): Fixture {
  const logged: string[] = [];
  const counts = { read: 0, begun: 0 };
  let parameters: Parameters;
  let gradients: ReadonlyMap<string, Float32Array>;
  const makeTrainee = (): Promise<Trainee> => {
    counts.read++;
    const values = new Map([
      ['seen', Float32Array.of(1, -1, 2)],
      ['sight', Float32Array.of(0.5)],
      ['frozen', Float32Array.of(3)],
    ]);
    parameters = { values, trained: new Set(['seen', 'sight']) };
    gradients = new Map([...parameters.trained].map((name) => [name, new Float32Array(values.get(name)!.length)]));
    const method = {
      gradient: (own: readonly DatasetItem[], step: number): Promise<StepOutcome> => {
        const { gradient, ...outcome } = odd(step);
        const target = own.reduce((sum, { id }) => sum + Number(id.slice(5)), 0) / own.length;
        for (const [name, vector] of gradients) {
          vector.forEach((value, i) => (vector[i] = gradient ?? value + values.get(name)![i]! - target));
        }
        const samples = own.map(({ id }) => ({ id, text: `${step}`, reward: 1 }));
        const usual = { loss: target, hasGradient: true, withImages: true, fields: {}, samples, again: null };
        return Promise.resolve({ ...usual, ...outcome });
      },
    };
    const engine = { gradients } as unknown as GradientEngine;
    return Promise.resolve({ parameters, engine, method, sees: new Set(['sight']) });
  };
  const begin = () => Promise.resolve(void counts.begun++);
  const note = (text: string) => void logged.push(text);
  const log = { info: () => undefined, warn: note, error: note };
  const run = new TrainRun({ ...options, ...given }, items, new StateFiles(place), makeTrainee, begin, log);
  return { run, logged, counts, parameters: () => parameters, gradients: () => gradients };
}

async function rowsOf({ run }: Fixture, from = 0, to = run.batches.length): Promise<TrainRow[]> {
  const rows: TrainRow[] = [];
  for (let batch = from; batch < to; batch++) rows.push(...(await run.runBatch(batch, signal)));
  return rows;
}

const weights = async ({ run }: Fixture) =>
  [...(await run.trained(signal)).values].map(([name, own]) => [name, ...own]);

describe('a training run', () => {
  it('cuts its steps into batches and writes a row per step', async () => {
    const whole = fixture(folder());
    assert.deepEqual(
      whole.run.batches.map(({ length }) => length),
      [3, 3, 1],
    );
    const rows = await rowsOf(whole);
    assert.deepEqual(
      rows.map(({ key, step }) => [key, step]),
      whole.run.batches.flat().map((key, i) => [key, i + 1]),
    );
    assert.deepEqual(
      rows.filter(({ samples }) => samples).map(({ step }) => step),
      [1, 4, 7],
    );
    assert.equal(whole.counts.read, 1);
    assert.equal(whole.counts.begun, 1);
    assert.deepEqual(whole.parameters().values.get('frozen'), Float32Array.of(3));
    assert.ok(rows.every(({ gradientNorm, learningRate }) => gradientNorm! > 0 && learningRate === 0.1));
  });

  for (const killedAfter of [1, 2]) {
    it(`killed after batch ${killedAfter}, it ends in the same numbers`, async () => {
      const place = folder();
      const undisturbed = fixture(folder());
      const rows = await rowsOf(undisturbed);
      const first = await rowsOf(fixture(place), 0, killedAfter);
      const resumed = fixture(place);
      const rest = await rowsOf(resumed, killedAfter);
      assert.deepEqual([...first, ...rest], rows);
      assert.deepEqual(await weights(resumed), await weights(undisturbed));
      assert.equal(resumed.counts.begun, 0);
    });
  }

  it('killed between state and rows, it does the batch again from the state before', async () => {
    const place = folder();
    const rows = await rowsOf(fixture(place));
    assert.deepEqual(await rowsOf(fixture(place), 2), rows.slice(6));
    assert.deepEqual(readdirSync(place).sort(), ['state-2.safetensors', 'state-3.safetensors']);
  });

  it('is what its seed says, to the byte', async () => {
    const states = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const place = folder();
        await rowsOf(fixture(place, { seed }));
        return readFileSync(path.join(place, 'state-3.safetensors'));
      }),
    );
    assert.ok(states[0]!.equals(states[1]!));
    assert.ok(!states[0]!.equals(states[2]!));
  });

  it('killed while it writes a state, it goes on from the one before, and leaves nothing behind', async () => {
    const place = folder();
    const rows = await rowsOf(fixture(folder()));
    await rowsOf(fixture(place), 0, 1);
    writeFileSync(path.join(place, '.state-2.safetensors.0123456789ab.tmp'), 'half');
    assert.deepEqual(await rowsOf(fixture(place), 1), rows.slice(3));
    assert.deepEqual(readdirSync(place).sort(), ['state-2.safetensors', 'state-3.safetensors']);
  });

  it('removes the states of an earlier run, and half-written ones, when it begins', async () => {
    const place = folder();
    for (const name of ['state-9.safetensors', '.state-4.safetensors.0123456789ab.tmp', 'rows.jsonl']) {
      writeFileSync(path.join(place, name), '');
    }
    await rowsOf(fixture(place), 0, 1);
    assert.deepEqual(readdirSync(place).sort(), ['rows.jsonl', 'state-1.safetensors']);
  });

  it('does not go on without its state, nor from that of another run', async () => {
    const place = folder();
    await rowsOf(fixture(place), 0, 2);
    rmSync(path.join(place, 'state-2.safetensors'));
    await refuses(rowsOf(fixture(place), 2), /state-2\.safetensors is needed to go on/);
    writeFileSync(path.join(place, 'state-2.safetensors'), Buffer.from('\x02\0\0\0\0\0\0\0{}', 'latin1'));
    await refuses(rowsOf(fixture(place), 2), /does not belong to this run: weight\.seen/);
    assert.ok(existsSync(path.join(place, 'state-1.safetensors')));
  });

  it('warms up, and scales down what is too large', async () => {
    const rows = await rowsOf(fixture(folder(), { warmup: 4 }));
    assert.deepEqual(
      rows.map(({ learningRate }) => learningRate),
      [0.025, 0.05, 0.1 * 0.75, 0.1, 0.1, 0.1, 0.1],
    );
    // The first update of AdamW does not see the scale, the second does.
    const free = await weightsAfter({});
    assert.notDeepEqual(await weightsAfter({ maxGradientNorm: 0.5 }), free);
    assert.deepEqual(await weightsAfter({ maxGradientNorm: 1e9 }), free);
  });

  async function weightsAfter(given: { maxGradientNorm?: number }) {
    const own = fixture(folder(), given);
    await rowsOf(own);
    return weights(own);
  }

  it('leaves the tower alone in steps without images, and everything in steps without a gradient', async () => {
    const blind = fixture(folder(), {}, () => ({ withImages: false }));
    await rowsOf(blind);
    assert.deepEqual(blind.parameters().values.get('sight'), Float32Array.of(0.5));
    assert.notDeepEqual(blind.parameters().values.get('seen'), Float32Array.of(1, -1, 2));
    const idle = fixture(folder(), { steps: 45, saveEvery: 50 }, () => ({ hasGradient: false, gradient: 0, loss: 0 }));
    const rows = await rowsOf(idle);
    assert.deepEqual(idle.parameters().values.get('seen'), Float32Array.of(1, -1, 2));
    assert.ok(rows.every(({ gradientNorm, skipped }) => gradientNorm === 0 && skipped === undefined));
    await idle.run.trained(signal);
    assert.equal(idle.logged.length, 3);
    assert.match(idle.logged[0]!, /20 steps in a row taught nothing, up to step 20: none of its items could be read/);
    assert.match(idle.logged[2]!, /no step taught anything: what is written is what the training started from/);
  });

  it('skips steps whose gradient is not finite, and counts them over a resumption', async () => {
    const odd: Odd = (step) => (step === 2 ? { gradient: NaN } : {});
    const once = fixture(folder(), {}, odd);
    const rows = await rowsOf(once);
    assert.deepEqual(
      rows.filter(({ skipped }) => skipped).map(({ step, gradientNorm }) => [step, gradientNorm]),
      [[2, null]],
    );
    assert.ok((await weights(once)).flat().every((value) => typeof value === 'string' || Number.isFinite(value)));

    const place = folder();
    const broken: Odd = (step) => (step > 2 ? { loss: Infinity } : {});
    const long = { steps: 30, saveEvery: 6 };
    await rowsOf(fixture(place, long, broken), 0, 1);
    await assert.rejects(rowsOf(fixture(place, long, broken), 1), (error) => {
      return error instanceof InputError && /not finite in 10 steps in a row, the last is step 12/.test(error.message);
    });
  });

  it('says why steps teach nothing: no answer is right, none is wrong, or they are alike', async () => {
    const said = async (reward: number) => {
      const idle = { hasGradient: false, gradient: 0, loss: 0, fields: { reward } };
      const own = fixture(folder(), { steps: 21, saveEvery: 21 }, (step) => (step === 1 ? {} : idle));
      await rowsOf(own);
      await own.run.trained(signal);
      assert.equal(own.logged.length, 1, 'one step did teach something');
      return own.logged[0]!;
    };
    assert.match(await said(0), /up to step 21: all answers were wrong; easier questions or more maxNewTokens help/);
    assert.match(await said(1), /all answers were right; harder questions help/);
    assert.match(await said(0.5), /all answers to a question were worth the same; a higher temperature/);
  });

  it('updates several times from one batch of answers where the method has more to say', async () => {
    /** What follows the first gradient, update by update; one that is no number among them if `broken`. */
    const further = (broken: number | null) => {
      const seen: number[] = [];
      const own: Fixture = fixture(folder(), { steps: 2, weightDecay: 0 }, () => {
        const next = (update: number): StepOutcome['again'] =>
          update > 3
            ? null
            : () => {
                seen.push(own.parameters().values.get('seen')![0]!);
                const loss = update === broken ? NaN : update;
                const fields = { clipped: update / 10 };
                const usual = { hasGradient: true, withImages: true, samples: [], again: next(update + 1) };
                for (const vector of own.gradients().values()) vector.fill(1);
                return Promise.resolve({ ...usual, loss, fields });
              };
        return { loss: 1, gradient: 1, again: next(2) };
      });
      return { own, seen };
    };
    const { own, seen } = further(null);
    const rows = await rowsOf(own);
    assert.deepEqual(
      rows.map(({ loss, clipped, gradientNorm }) => [loss, clipped, gradientNorm]),
      rows.map(() => [2, 0.3, 2]),
    );
    // Each of the six updates of AdamW moves by the learning rate while the gradient stays the same.
    const close = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 1e-5, `${value}`);
    [0.9, 0.8, 0.6, 0.5].forEach((expected, i) => close(seen[i]!, expected));
    close(own.parameters().values.get('seen')![0]!, 0.4);

    const broken = further(2);
    const skipped = await rowsOf(broken.own);
    assert.ok(skipped.every((row) => row.skipped && row.loss === null));
    assert.equal(broken.seen.length, 2, 'the third update is not asked for');
    close(broken.own.parameters().values.get('seen')![0]!, 0.8);
  });

  it('tells the losses of a batch that fails: its rows are not written', async () => {
    const own = fixture(folder(), { saveEvery: 7 }, (step) => {
      if (step === 4) throw new Error('the disk is on fire');
      return { loss: step === 2 ? Infinity : step, ...(step === 2 ? {} : { gradient: 1 }) };
    });
    await assert.rejects(rowsOf(own), /on fire/);
    assert.match(own.logged.at(-1)!, /^steps 1 to 3 are not saved; losses were 1: 1\.000, 2: not finite, 3: 3\.000$/);
  });
});
