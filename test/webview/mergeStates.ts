/** What the host tells of the sample lab's hybrids, and of a model as large as the paper's. */
import { regionMap } from '../../src/shared/donorMap';
import type {
  ArithmeticColumn,
  ArithmeticRecipe,
  MergeCost,
  MergeSize,
  MergeState,
  Tried,
  TransplantColumn,
} from '../../src/shared/protocol/merge';

export const labSize: MergeSize = {
  numLayers: 12,
  visionLayers: 4,
  regions: { early: [0, 4], mid: [4, 8], late: [8, 12] },
  tied: true,
};

export const largeSize: MergeSize = {
  numLayers: 28,
  visionLayers: 32,
  regions: { early: [0, 8], mid: [8, 20], late: [20, 28] },
  tied: false,
};

export const cost: MergeCost = {
  bytes: 16.6e9,
  diskFree: 212e9,
  memoryFree: 41e9,
  writeSpeed: 1.1e9,
  sharesBlocks: 'btrfs',
};

export function column(
  name: string,
  donors: readonly [string, string, string],
  size: MergeSize = labSize,
  part: Partial<TransplantColumn> = {},
): TransplantColumn {
  return {
    kind: 'transplant',
    form: 'list',
    name,
    used: [...new Set(donors)],
    donors: regionMap(donors, size.regions, size.numLayers, size.visionLayers),
    problems: [],
    hash: 'a3f09c2b71de',
    cost,
    suggestedOutput: `./${name.replaceAll(':', '-')}`,
    writings: [],
    ...part,
  };
}

export function computed(name: string, recipe: ArithmeticRecipe): ArithmeticColumn {
  const used = [
    ...new Set([...(recipe.base === null ? [] : [recipe.base]), ...recipe.models.map(({ model }) => model)]),
  ];
  return {
    kind: 'arithmetic',
    name,
    used,
    recipe,
    problems: [],
    hash: '77aa01c9d2e4',
    cost,
    suggestedOutput: `./${name}`,
    writings: [],
  };
}

export function labHeat(size: MergeSize, title: string, peak: number): MergeState['heat'][number] {
  const layers = Array.from({ length: size.numLayers }, (_, layer): [string, number] => {
    return [`languageModel/${layer}`, 0.002 + 0.02 * Math.exp(-(((layer - peak) / (size.numLayers / 5)) ** 2))];
  });
  return {
    title,
    relativeEnergy: Object.fromEntries([...layers, ['vision', 0.004], ['projector', 0.009], ['embeddings', 0.001]]),
  };
}

export const tried: Tried = {
  id: 't1',
  time: Date.UTC(2026, 10, 25, 13, 4),
  hybrid: 'IN:RL:RL',
  hash: 'a3f09c2b71de',
  prompt: 'How many red circles are there?',
  image: 'circles.png',
  maxNewTokens: 64,
  answers: [
    { checkpoint: 'IN:RL:RL', text: 'There are 3 red circles.', tokens: 8, seconds: 1.2, device: 'cpu', failure: null },
    { checkpoint: 'in', text: '3', tokens: 2, seconds: 0.4, device: 'cpu', failure: null },
    { checkpoint: 'rl', text: 'Four', tokens: 2, seconds: 0.4, device: 'cpu', failure: null },
  ],
};

export function labMerge(part: Partial<MergeState> = {}, size: MergeSize = labSize): MergeState {
  return {
    experiment: 'lab.frankenstein.yaml',
    problem: null,
    donors: [
      { name: 'base', role: 'base', problem: null },
      { name: 'in', role: 'in', problem: null },
      { name: 'rl', role: 'rl', problem: null },
    ],
    size,
    hybrids: [column('IN:RL:RL', ['in', 'rl', 'rl'], size), column('RL:IN:RL', ['rl', 'in', 'rl'], size)],
    heat: [labHeat(size, 'base → in', size.numLayers / 3), labHeat(size, 'in → rl', size.numLayers * 0.6)],
    tried: [],
    asked: null,
    canRun: true,
    evaluationProblem: null,
    ...part,
  };
}
