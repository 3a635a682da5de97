import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gradeAnswer, goldProblem } from '../../src/core/evaluate/grading/gradeAnswer';
import { planEvaluate } from '../../src/core/evaluate/evaluateStep';
import { schemas } from '../../src/core/experiment/schema';
import type { StepPlan } from '../../src/core/experiment/step';
import type { SpreadsheetReader } from '../../src/core/ports';
import type { EvaluateFacts, EvaluateRow, EvaluateSummary } from '../../src/shared/evaluateResults';
import { stepContext } from './stepContext';

/** For logs that are no spreadsheets. */
export const noSpreadsheets: SpreadsheetReader = {
  rows: (file) => Promise.reject(new Error(`${file} was read as a spreadsheet`)),
};

/** What a log holds: one JSON object per line. */
export function jsonl(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Writes files into a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
}

export interface LogRun {
  readonly plan: StepPlan;
  readonly facts: EvaluateFacts;
  readonly rows: readonly EvaluateRow[];
  readonly summary: EvaluateSummary;
  readonly logged: readonly string[];
}

/** Plans and runs a step over logs, in this process. @param options of the step, beside its id */
export async function runLogs(
  folder: string,
  options: object,
  spreadsheets: SpreadsheetReader = noSpreadsheets,
): Promise<LogRun> {
  const tools = { runtime: { device: 'cpu' } } as never;
  const file = path.join(folder, 'x.frankenstein.yaml');
  const { context, logged } = stepContext(file, 'version: 1\ncheckpoints: {}\n', tools);
  const step = schemas().steps.evaluate.parse({ id: 'logs', ...options });
  const grader = {
    grade: (requests: Parameters<typeof gradeAnswer>[0][]) => Promise.all(requests.map(gradeAnswer)),
    problems: (golds: Parameters<typeof goldProblem>[0][]) => Promise.all(golds.map(goldProblem)),
  } as never;
  const plan = await planEvaluate(step, { ...context, grader, spreadsheets });
  const rows: EvaluateRow[] = [];
  for (let batch = 0; batch < plan.batches.length; batch++) {
    rows.push(...((await plan.runBatch(batch, context.signal)) as EvaluateRow[]));
  }
  const summary = plan.summarise(rows) as unknown as EvaluateSummary;
  return { plan, facts: plan.facts as unknown as EvaluateFacts, rows, summary, logged };
}
