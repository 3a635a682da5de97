/** Rows of train runs, as the runner writes them, of numbers that are made here: the same in every run. */
import { trainingState, type TrainingRun } from '../../src/host/panels/trainingState';
import type { TrainingState } from '../../src/shared/protocol/training';
import type { TrainFacts, TrainRow } from '../../src/shared/trainResults';

/** A number in [0, 1) that a name decides (FNV-1a, finished as in MurmurHash3: neighbours' numbers are unlike). */
function share(name: string): number {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export const plannedSteps = 200;
/** Tensors and parameters of the whole model, and of each of its thirds. */
const whole = { tensors: 213, parameters: 3_300_000 };
const third = { tensors: 48, parameters: 812_544 };

/** By id, what is frozen in it. */
export const labArms = { 'frozen-late': ['late'], unfrozen: [], 'frozen-early': ['early'] } as const;
export type LabArm = keyof typeof labArms;

export function labFacts(arm: LabArm, change: Partial<TrainFacts> = {}): TrainFacts {
  const freeze = labArms[arm].map((region) => `"${region}"`);
  const frozen = freeze.length > 0 ? third : { tensors: 0, parameters: 0 };
  return {
    from: 'in',
    method: 'grpo',
    freeze,
    steps: plannedSteps,
    dataset: './evaluation/vision_to_reasoning.jsonl',
    output: `./in-${arm}`,
    trained: {
      tensors: whole.tensors - frozen.tensors,
      parameters: whole.parameters - frozen.parameters,
    },
    frozen,
    selectors: freeze.map((selector) => ({ selector, ...third })),
    ...change,
  };
}

/** Rewards rise, a little less in a model with fewer weights to move; step 87 of one arm is skipped. */
export function labRows(arm: LabArm, count = plannedSteps): TrainRow[] {
  const gain = { 'frozen-late': 0.14, unfrozen: 0.2, 'frozen-early': 0.17 }[arm];
  return Array.from({ length: count }, (_, i): TrainRow => {
    const step = i + 1;
    const noise = (what: string) => share(`${arm} ${what} ${step}`) - 0.5;
    const done = 1 - Math.exp(-step / 70);
    const isSkipped = arm === 'frozen-late' && step === 87;
    return {
      key: String(step),
      step,
      loss: isSkipped ? null : 0.04 * noise('loss') - 0.01 * done,
      reward: Math.round(32 * (0.42 + gain * done + 0.25 * noise('reward'))) / 32,
      kl: 0.03 * done * (1 + noise('kl')),
      length: 41 - 6 * done + 6 * noise('length'),
      idle: share(`${arm} idle ${step}`) < 0.03 ? 1 : 0.25,
      gradientNorm: isSkipped ? null : 0.8 + 0.6 * (noise('norm') + 0.5) ** 6 * 8,
      learningRate: 1e-4 * Math.min(1, step / 10),
      ...(isSkipped ? { skipped: true } : {}),
      ...(step % 20 === 1 ? { samples: labSamples(arm, step) } : {}),
    };
  });
}

export function labSamples(arm: LabArm, step: number): NonNullable<TrainRow['samples']> {
  return [1, 0, 0.5, 1].map((reward, i) => ({
    id: `v2r_${String(Math.floor(400 * share(`${arm} ${step} ${i}`))).padStart(5, '0')}`,
    text: `<think>There are ${i + 2} circles, and ${i + 1} more come.\nTogether that is ${2 * i + 3}.</think><answer>${2 * i + 3}</answer>`,
    reward,
  }));
}

/** A finished run; `change` makes it another one. */
export function labRun(arm: LabArm, change: Partial<TrainingRun> = {}): TrainingRun {
  return {
    id: arm,
    state: 'finished',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts: labFacts(arm),
    rows: labRows(arm),
    ...change,
  };
}

/** A run that has saved so many steps. */
export function labRunning(arm: LabArm, steps: number): TrainingRun {
  const progress = { done: steps, total: plannedSteps, secondsLeft: 90 };
  return labRun(arm, { state: 'running', rows: labRows(arm, steps), progress });
}

/** A step that was never run. */
export function notRun(arm: LabArm, change: Partial<TrainingRun> = {}): TrainingRun {
  const nothing = { tensors: 0, parameters: 0 };
  const facts = labFacts(arm, { trained: nothing, frozen: nothing, selectors: [] });
  return labRun(arm, { state: null, device: null, rows: [], facts, ...change });
}

/** The panel of the first run, the others laid over it. */
export function labTraining(
  runs: readonly [TrainingRun, ...TrainingRun[]],
  change: Partial<TrainingState> = {},
): TrainingState {
  const others = Object.keys(labArms).map((id) => ({ id, freeze: labFacts(id as LabArm).freeze }));
  const state = trainingState(runs, others, { experiment: 'lab.frankenstein.yaml', canRun: true });
  return { ...state, ...change };
}

/** Supervised fine-tuning: a falling loss and nothing else. */
export function labSft(): TrainingState {
  const rows = labRows('unfrozen').map(({ key, step, gradientNorm, learningRate }): TrainRow => {
    const loss = 0.3 + 1.9 * Math.exp(-step / 40) * (0.9 + 0.2 * share(`sft ${step}`));
    return { key, step, loss, gradientNorm, learningRate };
  });
  return labTraining([labRun('unfrozen', { facts: labFacts('unfrozen', { method: 'sft' }), rows })]);
}

/** All arms, finished. */
export function labThree(): TrainingState {
  return labTraining([labRun('frozen-late'), labRun('unfrozen'), labRun('frozen-early')]);
}
