/** The updates of a train step, batch by batch; between batches the state is on disk. */
import { InputError, isCancelled } from '../../shared/errors';
import type { TrainRow } from '../../shared/trainResults';
import type { DatasetItem } from '../evaluate/dataset';
import type { TrainOptions } from '../experiment/schema';
import type { Log } from '../ports';
import { AdamW, clipScale, gradientNorm } from './adamw';
import type { GradientEngine, Parameters } from './gradientEngine';
import { ItemOrder } from './itemOrder';
import type { StepOutcome, TrainMethod } from './trainMethod';
import { StateFiles, type TrainState } from './trainState';

/** PyTorch's defaults. */
const betas = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/** Steps in a row without a finite gradient after which there is no hope. */
const mostSkipped = 10;
/** Steps in a row that taught nothing after which that is said. */
const idleStretch = 20;
/** Losses of a batch that fails, at most. */
const toldLosses = 20;
/** Answers that a batch's first row shows. */
const shownSamples = 4;

/** What a training computes with, over the weights of the start. */
export interface Trainee {
  readonly parameters: Parameters;
  readonly engine: GradientEngine;
  readonly method: TrainMethod;
  /** Canonical names of what only images have a part in. */
  readonly sees: ReadonlySet<string>;
}

type RunOptions = Pick<
  TrainOptions,
  'steps' | 'saveEvery' | 'seed' | 'batch' | 'learningRate' | 'warmup' | 'weightDecay' | 'maxGradientNorm'
>;

export class TrainRun {
  private readonly order: ItemOrder;
  private current: { readonly trainee: Trainee; readonly state: TrainState; after: number } | null = null;

  /**
   * @param makeTrainee reads the weights of the start
   * @param begin is called before the first step of a run that starts anew
   */
  constructor(
    private readonly options: RunOptions,
    private readonly items: readonly DatasetItem[],
    private readonly states: StateFiles,
    private readonly makeTrainee: (signal: AbortSignal) => Promise<Trainee>,
    private readonly begin: () => Promise<void>,
    private readonly log: Log,
  ) {
    this.order = new ItemOrder(items.length, options.seed);
  }

  /** Keys of each batch's rows: so many steps between two states. */
  get batches(): string[][] {
    const { steps, saveEvery } = this.options;
    return Array.from({ length: Math.ceil(steps / saveEvery) }, (_, batch) => {
      const first = batch * saveEvery;
      return Array.from({ length: Math.min(saveEvery, steps - first) }, (__, i) => keyOf(first + i + 1));
    });
  }

  async runBatch(batch: number, signal: AbortSignal): Promise<TrainRow[]> {
    const { trainee, state } = await this.open(batch, signal);
    this.current = null; // a batch that fails leaves weights between two states
    const { steps, saveEvery } = this.options;
    const first = batch * saveEvery + 1;
    const last = Math.min(steps, first + saveEvery - 1);
    const rows: TrainRow[] = [];
    try {
      for (let step = first; step <= last; step++) {
        signal.throwIfAborted();
        rows.push(await this.update(trainee, state, step, step === first, signal));
      }
    } catch (error) {
      if (!isCancelled(error)) this.logUnsaved(rows);
      throw error;
    }
    await this.states.save(batch + 1, state);
    this.current = { trainee, state, after: batch + 1 };
    return rows;
  }

  /** The weights after all steps. */
  async trained(signal: AbortSignal): Promise<Parameters> {
    const { parameters, inARow } = (await this.open(this.batches.length, signal)).state;
    if (inARow.idle === this.options.steps) {
      this.log.warn('no step taught anything: what is written is what the training started from');
    }
    return parameters;
  }

  /** What the batch after `after` others begins with. */
  private async open(after: number, signal: AbortSignal): Promise<{ trainee: Trainee; state: TrainState }> {
    if (this.current?.after === after) return this.current;
    if (after === 0) {
      await this.begin();
      await this.states.clear();
    }
    const trainee = await this.makeTrainee(signal);
    const { parameters } = trainee;
    const optimiser = new AdamW(parameters, { ...betas, weightDecay: this.options.weightDecay });
    const state: TrainState = { parameters, optimiser, inARow: { skipped: 0, idle: 0 } };
    if (after > 0) await this.states.load(after, state);
    this.current = { trainee, state, after };
    return this.current;
  }

  private async update(
    { engine, method, sees }: Trainee,
    { optimiser, inARow }: TrainState,
    step: number,
    isFirst: boolean,
    signal: AbortSignal,
  ): Promise<TrainRow> {
    const { batch, learningRate, warmup, maxGradientNorm } = this.options;
    const items = this.order.of(step, batch).map((place) => this.items[place]!);
    const own = [...optimiser.moments.keys()].map((name) => engine.gradients.get(name)!);
    const rate = learningRate * Math.min(1, step / Math.max(1, warmup));
    const [losses, norms]: [number[], number[]] = [[], []];
    let isFinite: boolean;
    let outcome: StepOutcome;
    let next: StepOutcome['again'] = (sent) => method.gradient(items, step, sent);
    do {
      outcome = await next(signal);
      const { loss, hasGradient, withImages } = outcome;
      const norm = gradientNorm(own);
      losses.push(loss);
      norms.push(norm);
      isFinite = !hasGradient || (Number.isFinite(norm) && Number.isFinite(loss));
      if (hasGradient && isFinite) {
        const tookPart = (name: string) => withImages || !sees.has(name);
        optimiser.update(engine.gradients, rate, clipScale(norm, maxGradientNorm), tookPart);
      }
      for (const gradient of own) gradient.fill(0);
      next = isFinite ? outcome.again : null;
    } while (next);
    const { fields, samples } = outcome;
    this.count(inARow, step, isFinite, outcome);
    return {
      key: keyOf(step),
      step,
      loss: finiteOrNull(mean(losses)),
      ...fields,
      gradientNorm: finiteOrNull(mean(norms)),
      learningRate: rate,
      ...(isFinite ? {} : { skipped: true as const }),
      ...(isFirst && samples.length > 0 ? { samples: samples.slice(0, shownSamples) } : {}),
    };
  }

  private count(
    inARow: TrainState['inARow'],
    step: number,
    isFinite: boolean,
    { hasGradient, fields }: StepOutcome,
  ): void {
    inARow.skipped = isFinite ? 0 : inARow.skipped + 1;
    inARow.idle = hasGradient ? 0 : inARow.idle + 1;
    if (!isFinite) this.log.warn(`step ${step} is skipped: its gradient is not finite`);
    if (inARow.skipped >= mostSkipped) {
      throw new InputError(
        `the gradient was not finite in ${mostSkipped} steps in a row, the last is step ${step}`,
        'Lower learningRate, set maxGradientNorm, or check the weights with `compare`.',
      );
    }
    if (inARow.idle > 0 && inARow.idle % idleStretch === 0) {
      const [worth, mend] = idleWords(fields.reward);
      this.log.warn(`${inARow.idle} steps in a row taught nothing, up to step ${step}: ${worth}; ${mend}`);
    }
  }

  /** A batch that fails is done again from its beginning: what it had come to is told here, or nowhere. */
  private logUnsaved(rows: readonly TrainRow[]): void {
    if (rows.length === 0) return;
    const losses = rows.slice(-toldLosses).map(({ step, loss }) => `${step}: ${loss?.toPrecision(4) ?? 'not finite'}`);
    this.log.error(`steps ${rows[0]!.step} to ${rows.at(-1)!.step} are not saved; losses were ${losses.join(', ')}`);
  }
}

function keyOf(step: number): string {
  return `step/${step}`;
}

/** Why a step teaches nothing, and what helps. @param reward mean of its answers; undefined where there were none */
function idleWords(reward: number | undefined): [string, string] {
  if (reward === undefined) return ['none of its items could be read', 'see what was left out'];
  const mend = 'a higher temperature or a larger groupSize makes them differ';
  if (reward === 0) return ['all answers were wrong', `easier questions or more maxNewTokens help, or ${mend}`];
  if (reward === 1) return ['all answers were right', `harder questions help, or ${mend}`];
  return ['all answers to a question were worth the same', mend];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** JSON has no other. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
