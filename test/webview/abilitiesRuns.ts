/** Rows of evaluate runs on the sample lab's items, as the runner writes them; the answers are made here: always the same. */
import { readFileSync } from 'node:fs';
import type { DatasetItem } from '../../src/core/evaluate/dataset';
import { summariseEvaluate } from '../../src/core/evaluate/evaluateSummary';
import { browseItems } from '../../src/core/evaluate/itemBrowser';
import { verdicts } from '../../src/core/evaluate/verdicts';
import { abilitiesState, type EvaluateRun } from '../../src/host/panels/abilitiesState';
import type { EvaluateFacts, EvaluateRow } from '../../src/shared/evaluateResults';
import type { AbilitiesState, AbilityItem, ItemsQuery } from '../../src/shared/protocol/abilities';
import { roles, type Setting } from '../../src/shared/vocabulary';

const hybrids = ['IN:RL:RL', 'IN:IN:RL', 'IN:RL:IN', 'RL:IN:IN', 'RL:RL:IN', 'RL:IN:RL'] as const;
export const labCheckpoints: readonly string[] = [...roles, ...hybrids];

interface LabAbility {
  readonly file: string;
  readonly settings: readonly Setting[];
  /** How often the base is right in each setting. */
  readonly skill: readonly number[];
  /** What each step of the chain adds in the first setting. */
  readonly gains: readonly number[];
  readonly floor: { readonly empty: number; readonly constant: number; readonly constantAnswer: string };
}

const labAbilities: Readonly<Record<string, LabAbility>> = {
  vision: {
    file: 'vision.jsonl',
    settings: ['image', 'black'],
    skill: [0.72, 0.12],
    gains: [0, -0.06, -0.12],
    floor: { empty: 0, constant: 0.21, constantAnswer: 'No' },
  },
  visionToReasoning: {
    file: 'vision_to_reasoning.jsonl',
    settings: ['image', 'description'],
    skill: [0.4, 0.6],
    gains: [0, 0.16, 0.34],
    floor: { empty: 0, constant: 0.14, constantAnswer: '2' },
  },
  reasoning: {
    file: 'reasoning.jsonl',
    settings: ['text'],
    skill: [0.38],
    gains: [0, 0.22, 0.31],
    floor: { empty: 0, constant: 0.06, constantAnswer: '12' },
  },
};

/** A number in [0, 1) that a name decides (FNV-1a, mixed). */
function share(name: string): number {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

function readItems(file: string): DatasetItem[] {
  const lines = readFileSync(`media/sample-lab/evaluation/${file}`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const item = JSON.parse(line) as Partial<DatasetItem> & Pick<DatasetItem, 'id' | 'question' | 'answer'>;
    const { image = null, description = null, reasoning = null, category = null, choices = [] } = item;
    return { ...item, image, description, reasoning, category, choices, answerType: null, unit: null, precision: null };
  });
}

export const labItems: Readonly<Record<string, readonly DatasetItem[]>> = Object.fromEntries(
  Object.entries(labAbilities).map(([ability, { file }]) => [ability, readItems(file)]),
);

/** Of a hybrid the mean of its donors: its place between base (0), in (1) and rl (2). */
function progress(checkpoint: string): number {
  const donors = checkpoint.toLowerCase().split(':');
  return donors.reduce((sum, donor) => sum + roles.findIndex((role) => role === donor), 0) / donors.length;
}

function isCorrect(ability: string, checkpoint: string, setting: Setting, id: string, sample: number): boolean {
  const { settings, skill, gains } = labAbilities[ability]!;
  const at = settings.indexOf(setting);
  const place = progress(checkpoint);
  const [below, above] = [gains[Math.floor(place)]!, gains[Math.ceil(place)]!];
  const gain = setting === 'black' ? 0 : below + (place % 1) * (above - below);
  // Most of it is how hard the item is, so that checkpoints agree on many.
  const luck = share(`${checkpoint}/${setting}/${id}/${sample}`);
  return 0.8 * share(`${ability}/${at}/${id}`) + 0.2 * luck < skill[at]! + gain;
}

function rowOf(
  ability: string,
  checkpoint: string,
  setting: Setting,
  item: DatasetItem,
  sample: number,
  several: boolean,
): EvaluateRow {
  const correct = isCorrect(ability, checkpoint, setting, item.id, sample);
  const truncated = !correct && checkpoint !== 'base' && share(`limit ${checkpoint} ${item.id}`) < 0.06;
  const other = Math.floor(9 * share(`wrong ${checkpoint} ${setting} ${item.id}`));
  const answer = correct ? item.answer : String(String(other) === item.answer ? other + 1 : other);
  const thought = `<think>${item.reasoning ?? 'I look at what is asked and count step by step.'}</think>`;
  const text = truncated
    ? thought.slice(0, -8)
    : checkpoint === 'base'
      ? answer
      : `${thought}<answer>${answer}</answer>`;
  return {
    key: [checkpoint, ability, setting, item.id, ...(several ? [sample] : [])].join('/'),
    checkpoint,
    ability,
    setting,
    id: item.id,
    ...(several ? { sample } : {}),
    text,
    extracted: truncated ? null : answer,
    correct,
    ...(truncated ? { truncated: true } : {}),
  };
}

export function labFacts(checkpoints = labCheckpoints, change: Partial<EvaluateFacts> = {}): EvaluateFacts {
  const abilities = Object.entries(labAbilities).map(([ability, { file, settings, floor }]) => {
    const leftOut =
      ability === 'vision' ? [{ id: 'vis_00100', problem: 'images/vis_00100.png: there is no such file' }] : [];
    const items = labItems[ability]!.map(({ id }) => id);
    return [ability, { dataset: `./evaluation/${file}`, settings, items, leftOut, floor }];
  });
  const chain = checkpoints.filter((name) => roles.some((role) => role === name));
  return { checkpoints, chain, abilities: Object.fromEntries(abilities), samples: 1, ...change };
}

/** In plan order: checkpoint by checkpoint. */
export function labRows({ checkpoints, samples }: EvaluateFacts = labFacts()): EvaluateRow[] {
  return checkpoints.flatMap((checkpoint) =>
    Object.entries(labAbilities).flatMap(([ability, { settings }]) =>
      labItems[ability]!.flatMap((item) =>
        settings.flatMap((setting) =>
          Array.from({ length: samples }, (_, sample) =>
            rowOf(ability, checkpoint, setting, item, sample, samples > 1),
          ),
        ),
      ),
    ),
  );
}

/** A run as its panel would tell of it: finished unless `change` says another state. */
export function labAbilityRun(change: Partial<EvaluateRun> = {}): EvaluateRun {
  const facts = change.facts ?? labFacts();
  return {
    id: 'abilities',
    state: 'finished',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts,
    rows: labRows(facts),
    ...change,
  };
}

export function labAbilityState(run = labAbilityRun(), change: Partial<AbilitiesState> = {}): AbilitiesState {
  const summary = summariseEvaluate(run.facts, run.rows, run.state === 'finished');
  return abilitiesState(run, summary, {
    experiment: 'lab.frankenstein.yaml',
    checkpoints: run.facts.checkpoints.map((name) => ({
      name,
      role: roles.find((role) => role === name) ?? null,
      hybrid: name.includes(':'),
    })),
    canRun: true,
    ...change,
  });
}

/** The whole lab, made once: its resamples take a while. */
let lab: AbilitiesState | undefined;
export function wholeLab(): AbilitiesState {
  return (lab ??= labAbilityState());
}

/** The first `answers` of a run of three checkpoints. */
export function labAbilitiesRunning(answers: number): AbilitiesState {
  const facts = labFacts([...roles]);
  const rows = labRows(facts).slice(0, answers);
  const progress = { done: answers, total: 1500, secondsLeft: 120 };
  return labAbilityState(labAbilityRun({ facts, rows, state: 'running', progress }));
}

/** Another program's results: one task, models that are no checkpoints, questions that nobody has. */
export function othersRun(): EvaluateRun {
  const items = Array.from({ length: 60 }, (_, i) => `mathvista_${i}`);
  const checkpoints = ['Qwen2.5-VL-7B-Instruct', 'ThinkLite-VL-7B'];
  const task = { dataset: './logs', settings: ['image' as const], items, leftOut: [], floor: null };
  const facts = { checkpoints, chain: [], abilities: { mathvista_testmini: task }, samples: 1 };
  const rows = checkpoints.flatMap((checkpoint, i) =>
    items.map((id): EvaluateRow => {
      const correct = 0.7 * share(id) + 0.3 * share(`${checkpoint}${id}`) < 0.5 + 0.15 * i;
      const text = `The answer is ${correct ? 'B' : 'A'}.`;
      const where = { checkpoint, ability: 'mathvista_testmini', setting: 'image' as const, id };
      return { key: `${checkpoint}/${id}`, ...where, text, extracted: correct ? 'B' : 'A', correct };
    }),
  );
  return labAbilityRun({ id: 'others', facts, rows, device: null });
}

/** What the host answers to `items`; an image is that of the lab, within its address. */
export function labAbilityItems(
  { facts, rows }: Pick<EvaluateRun, 'facts' | 'rows'>,
  query: ItemsQuery,
): { items: AbilityItem[]; total: number } {
  const items = new Map((labItems[query.ability] ?? []).map((item) => [item.id, item]));
  const own = verdicts(facts, rows).get(query.ability)!;
  const found = browseItems({ facts, rows, verdicts: own, items }, query);
  const address = (file: string) =>
    `data:image/png;base64,${readFileSync(`media/sample-lab/evaluation/${file}`).toString('base64')}`;
  return {
    total: found.total,
    items: found.items.map(({ imageFile, ...item }) => ({ ...item, image: imageFile && address(imageFile) })),
  };
}
