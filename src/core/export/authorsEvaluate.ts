/** The files of the authors' `transferability_test.py`, from an evaluate run and the data sets it was made of. */
import { InputError } from '../../shared/errors';
import type { EvaluateFacts, EvaluateRow } from '../../shared/evaluateResults';
import type { Ability, Role, Setting } from '../../shared/vocabulary';
import { abilities } from '../../shared/vocabulary';
import { pythonJson, type PythonValue } from '../compare/authors/pythonJson';
import { readEvaluateFacts, readEvaluateRows } from '../evaluate/evaluateFacts';
import { roleOf, type ReportRun } from '../experiment/report/reportRun';
import { authorsCheckpoint } from './authorsCheckpoint';
import { authorsNames, pythonRound4 } from './authorsPython';
import type { ExportedFile, ExportTools } from './exportedFile';
import { runItems } from './runItems';

/** An ability as their "experiment". */
interface Experiment {
  readonly name: string;
  readonly split: string;
  readonly description: string;
  readonly metric: 'M_vis' | 'M_v2r' | 'M_rea';
  /** Their name of each setting, in order. */
  readonly settings: readonly (readonly [Setting, string])[];
}

const experiments: Readonly<Record<Ability, Experiment>> = {
  vision: {
    name: 'perception_general_vqa',
    split: 'general_vqa',
    description: 'General VQA (perception test)',
    metric: 'M_vis',
    settings: [
      ['image', 'A_image_prompt'],
      ['black', 'B_black_image_prompt'],
    ],
  },
  visionToReasoning: {
    name: 'alignment_math_vqa',
    split: 'math_vqa',
    description: 'Math VQA (alignment test)',
    metric: 'M_v2r',
    settings: [
      ['image', 'A_image_prompt'],
      ['description', 'B_black_desc_prompt'],
    ],
  },
  reasoning: {
    name: 'reasoning_math500',
    split: 'math500',
    description: 'MATH-500 (reasoning test)',
    metric: 'M_rea',
    settings: [['text', 'A_prompt_only']],
  },
};
const inputTypes: Readonly<Record<Setting, string>> = {
  image: 'image_question',
  black: 'black_image_question',
  description: 'black_image_description_question',
  text: 'question_only',
};
const whole = ['N', 'n_TT', 'n_TF', 'n_FT', 'n_FF', 'net_gain', 'correct', 'layer_cuts'] as const;
const wholeOptions = ['sample_seed', 'sample_size', 'max_new_tokens', 'max_image_pixels', 'inference_timeout'] as const;
const indented = { indent: 2, integers: [...whole, ...wholeOptions] };
const onLine = { indent: null, integers: [] };

/**
 * `config.json`, `splits/`, `results/{model}/{experiment}/…` and `paper_metrics.json`. As there, the judge's verdict
 * counts where there is one. What a run does not know is null: `inference_time`, `max_image_pixels` and the like. Null
 * when the folder does not say an evaluation.
 * @throws InputError for a run that is not finished, has several samples, or none of the three abilities
 */
export async function authorsEvaluate(run: ReportRun, tools: ExportTools): Promise<ExportedFile[] | null> {
  const { id, manifest, rows, state } = run;
  const facts = readEvaluateFacts(manifest.facts);
  if (!facts) return null;
  if (state !== 'finished') {
    throw new InputError(`the run "${id}" is not finished`, 'Run the step again; it is resumed.');
  }
  if (facts.samples > 1) {
    throw new InputError(
      `the run "${id}" has ${facts.samples} answers per question, the authors' files have one`,
      'Run the step with samples: 1, or export csv.',
    );
  }
  const planned = abilities.filter((ability) => Object.hasOwn(facts.abilities, ability));
  if (planned.length === 0) {
    throw new InputError(`the run "${id}" has none of ${abilities.join(', ')}`, "Others' results export as csv.");
  }
  const folders = authorsNames(facts.checkpoints);
  const size = Math.max(...planned.map((ability) => facts.abilities[ability]!.items.length));
  const own = readEvaluateRows(rows);
  const files: ExportedFile[] = [{ name: 'config.json', content: pythonJson(configOf(run, facts, size), indented) }];
  const metrics = new Map<string, Record<string, number>>(facts.checkpoints.map((name) => [name, {}]));
  for (const ability of planned) {
    const experiment = experiments[ability];
    const { items, dataset } = facts.abilities[ability]!;
    const lines = items.map((item) => `${pythonJson({ id: item }, onLine)}\n`).join('');
    files.push({ name: `splits/${experiment.split}_seed${manifest.seed ?? 'None'}_n${size}.jsonl`, content: lines });
    const known = await runItems(run, dataset, tools);
    for (const checkpoint of facts.checkpoints) {
      const answers = own.filter((row) => row.ability === ability && row.checkpoint === checkpoint);
      const folder = `results/${folders.get(checkpoint)!}/${experiment.name}`;
      for (const [setting, name] of experiment.settings) {
        const results = inOrder(
          items,
          answers.filter((row) => row.setting === setting),
        ).map((row) => {
          const { question = '', answer = '' } = known.get(row.id) ?? {};
          return `${pythonJson(resultOf(row, { question, answer, experiment, name, run }), onLine)}\n`;
        });
        files.push({ name: `${folder}/${name}.jsonl`, content: results.join('') });
      }
      const summary = summaryOf(experiment, checkpoint, answers);
      files.push({ name: `${folder}/summary.json`, content: pythonJson(summary, indented) });
      metrics.get(checkpoint)![experiment.metric] = summary[experiment.metric] as number;
    }
  }
  files.push({ name: 'paper_metrics.json', content: pythonJson(Object.fromEntries(metrics), indented) });
  return files;
}

function inOrder(items: readonly string[], rows: readonly EvaluateRow[]): EvaluateRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return items.flatMap((id) => byId.get(id) ?? []);
}

interface Asked {
  readonly question: string;
  readonly answer: string;
  readonly experiment: Experiment;
  /** Of the setting. */
  readonly name: string;
  readonly run: ReportRun;
}

function resultOf(row: EvaluateRow, { question, answer, experiment, name, run }: Asked): PythonValue {
  const { id, setting, extracted, correct, text, checkpoint, judge } = row;
  const verdict = judge && 'correct' in judge ? judge.correct : null;
  return {
    id,
    input_type: inputTypes[setting],
    question,
    gold_answer: answer,
    predicted: extracted ?? '',
    correct,
    full_response: text,
    model_type: 'base', // their word for a checkpoint's own template without a system prompt of theirs
    timed_out: false,
    inference_time: null,
    dataset: experiment.name,
    model: checkpoint,
    setting: name,
    correct_gpt: verdict,
    ...(verdict === null ? {} : { gpt_grade: { is_correct: verdict, grader_model: judgeModel(run) } }),
    correct_primary: verdict ?? correct,
  };
}

function judgeModel({ manifest }: ReportRun): string | null {
  const { judge } = manifest.options as { judge?: { model?: unknown } };
  return typeof judge?.model === 'string' ? judge.model : null;
}

/** Statistics between the two settings A and B of one model, as `compute_transition_stats` makes them. */
function summaryOf(
  { name, description, metric, settings }: Experiment,
  model: string,
  rows: readonly EvaluateRow[],
): Record<string, PythonValue> {
  const labels = ([wanted]: readonly [Setting, string]) =>
    new Map(
      rows
        .filter(({ setting }) => setting === wanted)
        .map(({ id, correct, judge }) => [id, judge && 'correct' in judge ? judge.correct : correct]),
    );
  const [a, b] = settings;
  const ofA = labels(a!);
  if (!b) {
    const correct = [...ofA.values()].filter(Boolean).length;
    const acc = share(correct, ofA.size);
    return { N: ofA.size, acc, correct, setting: a![1], experiment: name, model, description, [metric]: acc };
  }
  const ofB = labels(b);
  const counts = { TT: 0, TF: 0, FT: 0, FF: 0 };
  for (const [id, right] of ofA) {
    const other = ofB.get(id);
    if (other !== undefined) counts[`${right ? 'T' : 'F'}${other ? 'T' : 'F'}`]++;
  }
  const { TT, TF, FT, FF } = counts;
  const N = TT + TF + FT + FF;
  return {
    N,
    acc_A: share(TT + TF, N),
    acc_B: share(TT + FT, N),
    delta_acc: N === 0 ? 0 : pythonRound4((TT + TF) / N - (TT + FT) / N),
    n_TT: TT,
    n_TF: TF,
    n_FT: FT,
    n_FF: FF,
    net_gain: FT - TF,
    side_effect_rate: share(TF, TT + TF),
    lift_rate: share(FT, FF + FT),
    setting_A: a![1],
    setting_B: b[1],
    experiment: name,
    model,
    description,
    [metric]: share(metric === 'M_vis' ? TF : TT, N),
  };
}

function share(count: number, of: number): number {
  return of === 0 ? 0 : pythonRound4(count / of);
}

/** Their EvalConfig. Checkpoints are written as the experiment file has them, else by name. */
function configOf(run: ReportRun, { checkpoints }: EvaluateFacts, size: number): PythonValue {
  const { id, manifest, model } = run;
  const { maxNewTokens, judge, descriptions } = manifest.options;
  const written = (role: Role) => {
    const name = checkpoints.find((each) => roleOf(run, each) === role);
    return name === undefined ? null : authorsCheckpoint(run, name);
  };
  return {
    sft_model: written('in'),
    rl_model: written('rl'),
    base_model: written('base'),
    sample_seed: manifest.seed,
    sample_size: size,
    max_new_tokens: typeof maxNewTokens === 'number' ? maxNewTokens : null,
    temperature: 0,
    max_image_pixels: null,
    inference_timeout: null,
    output_dir: null,
    run_name: id,
    models: [...checkpoints],
    use_gpt_descriptions: descriptions !== undefined,
    use_gpt_grader: judge !== undefined,
    openai_model: judgeModel(run),
    reuse_from: null,
    experiment_type: 'v1',
    layer_cuts: model ? [model.regions.early[1], model.regions.mid[1]] : null,
  };
}
