/** The files of the authors' `localization_reasoning.py`, from an ablate run and the data set it was made of. */
import path from 'node:path';
import type { AblateRow } from '../../shared/ablateResults';
import { InputError } from '../../shared/errors';
import { pythonJson } from '../compare/authors/pythonJson';
import type { ReportRun } from '../experiment/report/reportRun';
import { readAblateFacts, readAblateRows } from '../probe/ablateFacts';
import { authorsCheckpoint } from './authorsCheckpoint';
import { authorsNames, pythonRound4 } from './authorsPython';
import type { ExportedFile, ExportTools } from './exportedFile';
import { runItems } from './runItems';

const wholeNumbers = [
  'num_layers',
  'layers_to_ablate',
  'sample_size',
  'sample_seed',
  'max_new_tokens',
  'ablated_layer',
  'correct',
  'total',
];
const indented = { indent: 2, integers: wholeNumbers };
const onLine = { indent: null, integers: wholeNumbers };

/**
 * `config.json`, `splits/`, `results/{baseline|layer_i}/…` and `all_results.json`. Null when the folder does not say an
 * ablation.
 * @throws InputError for a run that is not finished, or has no answers of ablated decoder layers
 */
export async function authorsAblate(run: ReportRun, tools: ExportTools): Promise<ExportedFile[] | null> {
  const { id, manifest, rows, state, model } = run;
  const facts = readAblateFacts(manifest.facts);
  if (!facts) return null;
  if (state !== 'finished') {
    throw new InputError(`the run "${id}" is not finished`, 'Run the step again; it is resumed.');
  }
  const layers = facts.layers.flatMap(({ part, layer }) => (part === 'languageModel' ? [layer] : []));
  if (facts.scoring === 'likelihood' || layers.length === 0) {
    throw new InputError(
      `the run "${id}" has no answers of ablated decoder layers, which the authors' files are of`,
      'Run the step with scoring: generate or both and layers: all, or export csv.',
    );
  }
  if (layers.length < facts.layers.length) {
    tools.warn(`layers of the vision tower of the run "${id}" are left out: the authors' files have no place for them`);
  }
  const dataset = datasetName(facts.dataset);
  const items = await runItems(run, facts.dataset, tools);
  const own = readAblateRows(rows).filter(({ part }) => part !== 'vision');
  const { maxNewTokens } = manifest.options;
  const config = {
    model_path: authorsCheckpoint(run, facts.checkpoint),
    model_type: 'base', // their word for a checkpoint's own template without a system prompt of theirs
    num_layers: model?.numLayers ?? null,
    layers_to_ablate: layers,
    sample_size: facts.items.length,
    sample_seed: manifest.seed,
    max_new_tokens: typeof maxNewTokens === 'number' ? maxNewTokens : null,
    dataset,
  };
  const split = `splits/${dataset}_seed${manifest.seed ?? 'None'}_n${facts.items.length}.jsonl`;
  const files: ExportedFile[] = [
    { name: 'config.json', content: pythonJson(config, indented) },
    { name: split, content: facts.items.map((item) => `${pythonJson({ id: item }, onLine)}\n`).join('') },
  ];
  const all: Record<string, Summary> = {};
  for (const layer of [null, ...layers]) {
    const name = layer === null ? 'baseline' : `layer_${layer}`;
    const answers = own.filter((row) => row.layer === layer);
    const lines = answers.map((row) => {
      const { question = '', answer = '' } = items.get(row.id) ?? {};
      const line = resultOf(row, question, answer, { model: config.model_path, ablation: name });
      return `${pythonJson(line, onLine)}\n`;
    });
    files.push({ name: `results/${name}/${dataset}.jsonl`, content: lines.join('') });
    all[name] = summaryOf(name, layer, answers);
    files.push({ name: `results/${name}/summary.json`, content: pythonJson(all[name], indented) });
  }
  files.push({ name: 'all_results.json', content: pythonJson(all, indented) });
  return files;
}

/** Theirs are math500 and gsm8k; other data sets are called as their file is. */
function datasetName(given: string): string {
  if (/gsm8k/i.test(given)) return 'gsm8k';
  if (/math.?500/i.test(given)) return 'math500';
  const base = path.basename(given).replace(/\.(jsonl?|parquet)$/, '');
  return authorsNames([base]).get(base)!;
}

function resultOf(
  { id, text, extracted, correct, layer }: AblateRow,
  question: string,
  answer: string,
  { model, ablation }: { readonly model: string; readonly ablation: string },
) {
  return {
    id,
    question,
    gold_answer: answer,
    predicted: extracted ?? '',
    correct: correct ?? false,
    full_response: text ?? '',
    model_type: 'base',
    model,
    ablation,
    ablated_layer: layer ?? -1,
  };
}

type Summary = ReturnType<typeof summaryOf>;

function summaryOf(experiment: string, layer: number | null, answers: readonly AblateRow[]) {
  const correct = answers.filter((row) => row.correct).length;
  const total = answers.length;
  const accuracy = total === 0 ? 0 : pythonRound4(correct / total);
  return { experiment, ablated_layer: layer ?? -1, accuracy, correct, total };
}
