/** The train steps that *Freeze and Train* writes. Pure. */
import { optionsOf } from '../../core/experiment/experimentFile';
import type { ExperimentContent, Step, TrainOptions } from '../../core/experiment/schema';
import { regionNames } from '../../shared/vocabulary';
import { folderName, freeName } from '../panels/mergeNames';

/** What the command offers to freeze, as the experiment file names it. */
export const freezable = [...regionNames, 'vision', 'projector', 'embeddings', 'head'] as const;
export type Freezable = (typeof freezable)[number];

/** Which further arms are made beside the one that was asked for. */
export const furtherArms = ['none', 'unfrozen', 'regions'] as const;
export type FurtherArms = (typeof furtherArms)[number];

/** What all arms of a comparison have in common. */
export type TrainPlan = Pick<TrainOptions, 'from' | 'method' | 'dataset' | 'steps' | 'learningRate' | 'output'> & {
  readonly freeze: readonly Freezable[];
};

/** One seed for all arms: they see the same items in the same order. */
const seed = 1;

/** Names a step by what it freezes: "frozen-late", "unfrozen". */
export function armName(freeze: readonly Freezable[]): string {
  return freeze.length === 0 ? 'unfrozen' : `frozen-${freeze.join('-')}`;
}

/** "./in-frozen-late". @param taken names of folders that are there or will be */
export function suggestedOutput(from: string, freeze: readonly Freezable[], taken: ReadonlySet<string>): string {
  return `./${freeName(outputName(from, freeze), taken)}`;
}

/**
 * The step that was asked for, then its further arms, beside its output: same start, data, steps and seed.
 * @param ids of the steps that there are @param taken names of folders beside the output that are there or will be
 */
export function trainSteps(
  plan: TrainPlan,
  further: FurtherArms,
  ids: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): Step[] {
  const [usedIds, usedNames] = [new Set(ids), new Set([...taken, folderOf(plan.output)])];
  const step = (freeze: readonly Freezable[], output: string): Step => {
    const id = freeName(armName(freeze), usedIds);
    usedIds.add(id);
    const { from, method, dataset, steps, learningRate } = plan;
    const train = { id, from, method, freeze: [...freeze], dataset, steps, seed, learningRate, output };
    return { train } as Step; // what it does not say has defaults
  };
  const beside = (freeze: readonly Freezable[]): string => {
    const name = freeName(outputName(plan.from, freeze), usedNames);
    usedNames.add(name);
    return plan.output.replace(/[^/\\]*[/\\]*$/, name);
  };
  const asked = armName(plan.freeze);
  const others = furtherFreezes(further).filter((freeze) => armName(freeze) !== asked);
  return [step(plan.freeze, plan.output), ...others.map((freeze) => step(freeze, beside(freeze)))];
}

/** Data sets that the steps of a file name, each once, with the first step that does. */
export function datasetsIn({ steps }: Pick<ExperimentContent, 'steps'>): { path: string; step: string }[] {
  const found = new Map<string, string>();
  for (const step of steps) {
    const { id, dataset, vision, visionToReasoning, reasoning } = optionsOf(step) as Partial<Record<string, unknown>>;
    for (const path of [dataset, vision, visionToReasoning, reasoning]) {
      if (typeof path === 'string' && !found.has(path)) found.set(path, String(id));
    }
  }
  return [...found].map(([path, step]) => ({ path, step }));
}

/** Names of the folders that the steps of a file write. */
export function outputsIn({ steps }: Pick<ExperimentContent, 'steps'>): string[] {
  return steps.flatMap(({ train, merge }) => ((train ?? merge) ? [folderOf((train ?? merge)!.output)] : []));
}

function furtherFreezes(further: FurtherArms): Freezable[][] {
  if (further === 'none') return [];
  return further === 'unfrozen' ? [[]] : [[], ...regionNames.map((region) => [region])];
}

function outputName(from: string, freeze: readonly Freezable[]): string {
  return `${folderName(from)}-${armName(freeze)}`;
}

function folderOf(output: string): string {
  return output.split(/[/\\]/).filter(Boolean).at(-1) ?? '';
}
