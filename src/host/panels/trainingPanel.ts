import path from 'node:path';
import type * as vscode from 'vscode';
import { InputError } from '../../shared/errors';
import type { TrainingHostSurface, TrainingState } from '../../shared/protocol/training';
import type { Handlers } from '../../shared/rpc';
import { RunPanel, type RunPanelContext, type RunPanelPlace } from './runPanel';
import { checked } from './trainingRequests';
import { TrainingSource } from './trainingSource';
import { samplesAt, type TrainingRun } from './trainingState';

export type TrainingPanel = RunPanel<TrainingState, TrainingHostSurface>;

/** The Training panel of one run. @param overlays runs laid over it */
export function trainingPanel(
  panel: vscode.WebviewPanel,
  place: RunPanelPlace,
  overlays: readonly string[],
  context: RunPanelContext,
): TrainingPanel {
  const source = new TrainingSource(place.file, place.step, overlays, context.experiments, context.runs);
  return new RunPanel<TrainingState, TrainingHostSurface>(panel, place, 'training', context, source, (own) =>
    handlers(own, source),
  );
}

function handlers(own: TrainingPanel, source: TrainingSource): Handlers<TrainingHostSurface> {
  /** A run that the page names. @throws InputError when there is none in the experiment */
  const runOf = async (id: string): Promise<TrainingRun> => {
    if (!(await source.has(id))) {
      throw new InputError(`${path.basename(source.file)} has no train step or run "${id}"`);
    }
    return source.readRun(id);
  };
  return {
    ready: () => own.state(),
    show: (params) => {
      source.show(checked('show', params).runs);
      own.requestUpdate();
      return null;
    },
    samples: async (params) => {
      const { run, step } = checked('samples', params);
      return samplesAt((await runOf(run)).rows, step);
    },
    run: async (params) => own.start((await runOf(checked('run', params).run)).id),
    cancel: async (params) => {
      const { id, mine } = await runOf(checked('cancel', params).run);
      return own.cancel(id, mine === true);
    },
    save: (params) => own.save(checked('save', params)),
    openFile: () => own.openFile(),
  };
}
