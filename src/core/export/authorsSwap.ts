/** The files of the authors' `localization_vision.py`, from a swap run and the pairs it was made of. */
import path from 'node:path';
import { InputError } from '../../shared/errors';
import { pythonFloat, pythonJson } from '../compare/authors/pythonJson';
import type { ReportRun } from '../experiment/report/reportRun';
import { sha256OfFile } from '../files/sha256';
import { readPairs, type ImagePair } from '../probe/pairs';
import { readSwapFacts, readSwapRows } from '../probe/swapFacts';
import { summariseSwap, type SwapFacts, type SwapRow } from '../probe/swapSummary';
import type { ExportedFile } from './exportedFile';

/**
 * `layer_swap_summary.json` and `layer_swap_results.jsonl`. Null when the folder does not say a swap.
 * @throws InputError for an unfinished run, another mode than theirs, or pairs that are gone or have changed
 */
export async function authorsSwap(run: ReportRun): Promise<ExportedFile[] | null> {
  const { id, manifest, rows, state } = run;
  const facts = readSwapFacts(manifest.facts);
  if (!facts) return null;
  if (state !== 'finished') {
    throw new InputError(`the run "${id}" is not finished`, 'Run the step again; it is resumed.');
  }
  if (facts.mode !== 'suffix') {
    throw new InputError(
      `the run "${id}" swaps in mode ${facts.mode}, the authors' files are of suffix swaps`,
      'Run the step with mode: suffix, or export csv.',
    );
  }
  const own = readSwapRows(rows);
  return [
    { name: 'layer_swap_summary.json', content: summaryJson(facts, own, manifest.options.limit) },
    { name: 'layer_swap_results.jsonl', content: resultLines(facts, own, await pairsOf(run, facts)) },
  ];
}

function summaryJson(facts: SwapFacts, rows: readonly SwapRow[], limit: unknown): string {
  const { functions } = summariseSwap(facts, rows, true);
  const planned = Object.values(facts.functions).map(({ pairs, tokens }) => pairs.length + tokens.length);
  const summary = {
    tasks: Object.keys(functions),
    layers: facts.layers,
    num_samples: typeof limit === 'number' ? limit : Math.max(0, ...planned),
    change_rates: Object.fromEntries(
      Object.entries(functions).map(([name, points]) => [
        name,
        Object.fromEntries(points.map(({ layer, rate }) => [String(layer), rate])),
      ]),
    ),
  };
  return pythonJson(summary, { indent: 2, integers: ['layers', 'num_samples'] });
}

/** By function, pair and layer. Their answers are those of the model, `target_answer` and `source_answer` the truth. */
function resultLines(facts: SwapFacts, rows: readonly SwapRow[], pairs: ReadonlyMap<string, ImagePair>): string {
  const known = new Map(rows.map((row) => [keyOf(row.function, row.id, row.layer), row]));
  const lines: string[] = [];
  for (const [task, planned] of Object.entries(facts.functions)) {
    for (const id of planned.pairs) {
      const original = known.get(keyOf(task, id, null));
      const { meta } = pairs.get(keyOf(task, id))!;
      for (const layer of facts.layers) {
        const swapped = known.get(keyOf(task, id, layer));
        if (!original || !swapped) continue; // its images could not be read
        const line = {
          task,
          sample_id: id,
          layer,
          original_answer: original.text,
          swapped_answer: swapped.text,
          answer_changed: swapped.changed,
          target_answer: meta.target_answer ?? meta.target_text ?? pythonBox(meta.target_bbox_xyxy),
          source_answer: meta.source_answer ?? meta.source_text ?? pythonBox(meta.source_bbox_xyxy),
        };
        lines.push(pythonJson(line, { indent: null, integers: ['layer'] }) + '\n');
      }
    }
  }
  return lines.join('');
}

/** The pairs that the run was made of, from the folder that its manifest names. */
async function pairsOf({ folder, manifest }: ReportRun, facts: SwapFacts): Promise<ReadonlyMap<string, ImagePair>> {
  const beside = path.dirname(path.dirname(folder)); // the experiment file's folder, to which inputs are relative
  const pairs = new Map<string, ImagePair>();
  for (const name of Object.keys(facts.functions)) {
    const input = manifest.inputs.find((file) => `/${file.path}`.endsWith(`/${name}/data.jsonl`));
    const file = path.resolve(beside, input?.path ?? path.join(name, 'data.jsonl'));
    if (!input || (await sha256OfFile(file)) !== input.sha256) {
      throw new InputError(`${file} is not the file of pairs that the run was made of`, 'Put it back, or run anew.');
    }
    const { functions } = await readPairs(path.dirname(path.dirname(file)), [name]);
    for (const pair of functions.get(name)!) pairs.set(keyOf(name, pair.id), pair);
  }
  return pairs;
}

function keyOf(name: string, id: string, layer?: SwapRow['layer']): string {
  return JSON.stringify([name, id, layer]);
}

/** A box as `str(list)` writes it. */
function pythonBox(box: readonly number[] = []): string {
  return `[${box.map((edge) => (Number.isInteger(edge) ? String(edge) : pythonFloat(edge))).join(', ')}]`;
}
