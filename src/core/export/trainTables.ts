import { measuredColumns } from '../../shared/trainResults';
import type { ReportRun } from '../experiment/report/reportRun';
import { readTrainFacts, readTrainRows } from '../train/trainFacts';
import { summariseTrain } from '../train/trainSummary';
import { csvTable } from './csv';
import type { ExportedFile } from './exportedFile';

const summaryColumns = [
  'from',
  'method',
  'variant',
  'dataset',
  'output',
  'freeze',
  'plannedSteps',
  'steps',
  'trainedTensors',
  'trainedParameters',
  'frozenTensors',
  'frozenParameters',
  'firstLoss',
  'lastLoss',
  'firstReward',
  'lastReward',
  'rewardSteps',
  'idleSteps',
  'skipped',
] as const;

/**
 * A train run as tables: its steps, one line that says what was trained, what each selector keeps, and the rollouts that
 * were kept, each sampled from the weights before its step. Null when the folder does not say a training.
 */
export function trainTables({ id: run, manifest, rows }: ReportRun): ExportedFile[] | null {
  const facts = readTrainFacts(manifest.facts);
  if (!facts) return null;
  const own = readTrainRows(rows);
  const { loss, reward, rewardSteps, idleSteps, skipped } = summariseTrain(facts, own);
  const { from, method, variant, dataset, output, freeze, steps, trained, frozen } = facts;
  const line = {
    ...{ from, method, variant, dataset, output, freeze: freeze.join(' '), plannedSteps: steps, steps: own.length },
    ...{ trainedTensors: trained.tensors, trainedParameters: trained.parameters },
    ...{ frozenTensors: frozen.tensors, frozenParameters: frozen.parameters },
    ...{ firstLoss: loss[0], lastLoss: loss[1], firstReward: reward?.[0], lastReward: reward?.[1] },
    ...{ rewardSteps, idleSteps, skipped },
  };
  const samples = own.flatMap(({ step, samples: some = [] }) => some.map((sample) => ({ step, ...sample })));
  return [
    {
      name: `${run}.csv`,
      content: csvTable(
        ['step', ...measuredColumns],
        own.map(({ samples: _, ...row }) => ({ ...row, skipped: row.skipped ?? false })),
      ),
    },
    { name: `${run}.summary.csv`, content: csvTable(summaryColumns, [line]) },
    { name: `${run}.freeze.csv`, content: csvTable(['selector', 'tensors', 'parameters'], facts.selectors) },
    ...(samples.length > 0
      ? [{ name: `${run}.rollouts.csv`, content: csvTable(['step', 'id', 'reward', 'text'], samples) }]
      : []),
  ];
}
