import { optionsOf } from '../../core/experiment/experimentFile';
import type { Experiment } from '../../core/experiment/experiment';
import type { EvaluateOptions, Step } from '../../core/experiment/schema';
import { InputError } from '../../shared/errors';
import { abilities } from '../../shared/vocabulary';
import { stepName } from './mergeNames';

const lacking = {
  message: 'The file has no evaluate step whose data sets a hybrid could be asked',
  mend: 'Add one to the file first: after "- " the completion offers it.',
};

/** Why a hybrid cannot be evaluated; null where it can. */
export function evaluationProblem(experiment: Pick<Experiment, 'content'>): string | null {
  return modelStep(experiment) ? null : `${lacking.message}. ${lacking.mend}`;
}

/**
 * The step that evaluates a hybrid beside its donors: one that has them all already, else a new one that asks what the
 * file's first evaluate step asks.
 * @param donors checkpoints that the hybrid takes from
 * @returns `step` is null where the file has it
 * @throws InputError when no step says what to ask
 */
export function evaluateStep(
  experiment: Pick<Experiment, 'content'>,
  hybrid: string,
  donors: readonly string[],
): { readonly id: string; readonly step: Step | null } {
  const { steps } = experiment.content;
  const checkpoints = [...donors, hybrid];
  const known = steps.find(({ evaluate }) => checkpoints.every((name) => evaluate?.checkpoints?.includes(name)));
  if (known) return { id: optionsOf(known).id, step: null };
  const model = modelStep(experiment);
  if (!model) throw new InputError(lacking.message, lacking.mend);
  const id = stepName('evaluate', hybrid, new Set(steps.map((step) => optionsOf(step).id)));
  const { vision, visionToReasoning, reasoning, categories, limit, seed, maxNewTokens, prompt, rule } = model;
  const asked = { vision, visionToReasoning, reasoning, categories, limit, seed, maxNewTokens, prompt, rule };
  return { id, step: { evaluate: { id, checkpoints, ...withoutMissing(asked) } as EvaluateOptions } };
}

function modelStep({ content }: Pick<Experiment, 'content'>): EvaluateOptions | undefined {
  return content.steps
    .flatMap(({ evaluate }) => evaluate ?? [])
    .find((options) => options.checkpoints && abilities.some((ability) => options[ability] !== undefined));
}

function withoutMissing(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
