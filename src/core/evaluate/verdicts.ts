import type { EvaluateFacts, EvaluateRow } from '../../shared/evaluateResults';
import type { Setting } from '../../shared/vocabulary';

/** Per item the share of its samples that are right, in [0, 1]. */
export type ItemScores = ReadonlyMap<string, number>;

/**
 * Whether the answers to an item, one per setting, show its ability (arXiv 2602.12395, equations 4–6): right in every
 * setting, but wrong with a black image. So `vision` is right with the image and wrong without, `visionToReasoning`
 * right with the image and right with its description.
 */
export function showsAbility(correct: ReadonlyMap<Setting, boolean>, settings: readonly Setting[]): boolean {
  return settings.every((setting) => correct.get(setting) === (setting !== 'black'));
}

/** Per ability and checkpoint the scores of the items whose every answer is there. */
export function verdicts(
  facts: EvaluateFacts,
  rows: readonly EvaluateRow[],
): ReadonlyMap<string, ReadonlyMap<string, ItemScores>> {
  const answers = new Map<string, Map<Setting, boolean>>();
  for (const { checkpoint, ability, id, sample, setting, correct } of rows) {
    const key = answerKey(ability, checkpoint, id, sample ?? 0);
    const own = answers.get(key) ?? new Map<Setting, boolean>();
    answers.set(key, own.set(setting, correct));
  }
  const samples = Array.from({ length: facts.samples }, (_, sample) => sample);
  const scores = (ability: string, checkpoint: string): ItemScores => {
    const { settings, items } = facts.abilities[ability]!;
    const whole = items.flatMap((id): [string, number][] => {
      const own = samples.map((sample) => answers.get(answerKey(ability, checkpoint, id, sample)));
      if (own.some((each) => each?.size !== settings.length)) return [];
      const right = own.filter((each) => showsAbility(each!, settings)).length;
      return [[id, right / facts.samples]];
    });
    return new Map(whole);
  };
  return new Map(
    Object.keys(facts.abilities).map((ability) => [
      ability,
      new Map(facts.checkpoints.map((checkpoint) => [checkpoint, scores(ability, checkpoint)])),
    ]),
  );
}

function answerKey(ability: string, checkpoint: string, id: string, sample: number): string {
  return [ability, checkpoint, id, sample].join('\n');
}
