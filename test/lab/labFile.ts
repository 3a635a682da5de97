/** What `npm run lab:train` trains: its data sets, and the experiment file whose steps do the rest. */
import type { DataSet } from './dataSets';

const answered = { counting: 4, attribute: 6, recognition: 4, grounding: 2 };

const dataSets: readonly DataSet[] = [
  {
    name: 'base',
    kinds: { describing: 16, ...answered, sum: 4, describedSum: 1, arithmetic: 1 },
    count: 20_000,
    reasoning: false,
  },
  {
    name: 'in',
    kinds: { describing: 4, ...answered, sum: 12, describedSum: 4, arithmetic: 4 },
    count: 8_000,
    reasoning: true,
  },
  { name: 'rl', kinds: { sum: 1 }, count: 4_000, reasoning: false },
  { name: 'held-out-vision', kinds: { counting: 1, attribute: 1, recognition: 1 }, count: 400, reasoning: false },
  { name: 'held-out-sums', kinds: { sum: 1 }, count: 1_000, reasoning: false },
  { name: 'held-out-arithmetic', kinds: { arithmetic: 1 }, count: 200, reasoning: false },
];

/** Updates of each training at `scale` 1. */
const updates = { base: 2400, in: 400, rl: 80 };

/** Items that a data set has at least. */
const fewestItems = 16;

export function dataSetsOf({ scale }: Pick<LabChoices, 'scale'>): DataSet[] {
  return dataSets.map((set) => ({ ...set, count: Math.max(fewestItems, Math.round(set.count * scale)) }));
}

export interface LabChoices {
  readonly seed: number;
  /** Of the numbers of items and of updates: for a short trial. */
  readonly scale: number;
  /** The sample lab as the new lab's folder sees it. */
  readonly sampleLab: string;
}

/** Base from random weights in two parts (the second with a smaller rate), IN from Base, RL and its frozen arms from IN. */
export function labFile({ seed, scale, sampleLab }: LabChoices): string {
  const steps = (of: keyof typeof updates, share = 1) => Math.max(1, Math.round(updates[of] * share * scale));
  const sft = (id: string, from: string, dataset: string, count: number, rate: number, warmup: number) =>
    `  - train: { id: ${id}, from: ${from}, method: sft, dataset: ./training/${dataset}.jsonl, steps: ${count}, ` +
    `batch: 16, learningRate: ${rate}, warmup: ${warmup}, maxGradientNorm: 1, saveEvery: 50, seed: ${seed}, output: ./${id} }`;
  const grpo = (id: string, freeze: string) =>
    `  - train: { id: ${id}, from: in, method: grpo, freeze: [${freeze}], dataset: ./training/rl.jsonl, steps: ${steps('rl')}, ` +
    `batch: 8, groupSize: 8, maxNewTokens: 32, learningRate: 3e-5, maxGradientNorm: 1, saveEvery: 10, seed: ${seed}, output: ./${id} }`;
  const arms = ['early', 'mid', 'late'].map((region) => `rl-frozen-${region}`);
  const trained = ['base', 'in', 'rl', ...arms];
  const samples = ['base', 'in', 'rl'];
  return `# A lab from nothing: random weights, generated data and the sample lab's tokenizer. Made by npm run lab:train.
version: 1

checkpoints:
  random: ./random
  base-half: ./base-half
${trained.map((name) => `  ${name}: ./${name}`).join('\n')}
${samples.map((name) => `  sample-${name}: ${JSON.stringify(`${sampleLab}/${name}`)}`).join('\n')}

regions: thirds

steps:
${sft('base-half', 'random', 'base', steps('base', 0.875), 1e-3, 100)}
${sft('base', 'base-half', 'base', steps('base', 0.125), 3e-4, 0)}
${sft('in', 'base', 'in', steps('in'), 3e-4, 0)}
${grpo('rl', '')}
${['early', 'mid', 'late'].map((region) => grpo(`rl-frozen-${region}`, region)).join('\n')}

  - evaluate:
      id: abilities
      checkpoints: [${trained.join(', ')}, ${samples.map((name) => `sample-${name}`).join(', ')}]
      vision: ./training/held-out-vision.jsonl
      visionToReasoning: ./training/held-out-sums.jsonl
      reasoning: ./training/held-out-arithmetic.jsonl
      limit: 400
      maxNewTokens: 48
  - compare: { id: updates, phases: [[base, in], [in, rl]], spectrum: true }
`;
}
