import path from 'node:path';
import { experimentFromText, resolvePath, type Experiment } from '../../src/core/experiment/experiment';
import type { StepContext } from '../../src/core/experiment/step';
import { readDataset } from '../../src/core/evaluate/datasets/readDataset';
import { NamedCheckpoints } from '../../src/core/merge/openNamed';
import { openModel, type ModelTools, type OpenModel } from '../../src/core/model/openModel';

export interface TestContext {
  readonly context: StepContext;
  readonly logged: string[];
}

/**
 * What a step works with, over an experiment file's text, in this process. It reads no parquet.
 * @param models opened ones by name, for files that mean the same by their names
 */
export function stepContext(
  file: string,
  text: string,
  tools: ModelTools,
  models = new Map<string, Promise<OpenModel>>(),
): TestContext {
  const experiment: Experiment = experimentFromText(file, text);
  const checkpoints = new NamedCheckpoints(experiment);
  const logged: string[] = [];
  const log = (level: string) => (message: string) => void logged.push(`${level}: ${message}`);
  const context: StepContext = {
    experiment,
    runFolder: path.join(experiment.runs, 'step'),
    fresh: false,
    runtime: tools.runtime,
    device: tools.runtime.device,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    signal: new AbortController().signal,
    openModel: (name) => {
      const known = models.get(name) ?? checkpoints.open(name).then((opened) => openModel(opened, tools));
      models.set(name, known);
      return known;
    },
    openCheckpoint: (name) => checkpoints.open(name),
    openHybrid: (name) => checkpoints.hybrid(name),
    dataset: (given, query) => readDataset(resolvePath(experiment, given), query, undefined as never),
    grader: undefined as never,
    spreadsheets: undefined as never,
    weights: undefined as never,
  };
  return { context, logged };
}
