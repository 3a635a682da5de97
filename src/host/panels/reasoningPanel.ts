import type * as vscode from 'vscode';
import type { ReasoningHostSurface, ReasoningState } from '../../shared/protocol/reasoning';
import type { DatasetItems } from './datasetItems';
import { readReasoningItems } from './reasoningItems';
import { checked } from './reasoningRequests';
import { ReasoningSource } from './reasoningSource';
import { RunPanel, type RunPanelContext, type RunPanelPlace } from './runPanel';

export type ReasoningPanel = RunPanel<ReasoningState, ReasoningHostSurface>;

/** The Reasoning panel of one ablate run. */
export function reasoningPanel(
  panel: vscode.WebviewPanel,
  place: RunPanelPlace,
  context: RunPanelContext,
  datasets: DatasetItems,
): ReasoningPanel {
  const source = new ReasoningSource(place.file, place.step, context.experiments, context.runs, datasets);
  return new RunPanel<ReasoningState, ReasoningHostSurface>(panel, place, 'reasoning', context, source, (own) => ({
    ready: () => own.state(),
    items: async (params) => {
      const query = checked('items', params);
      const run = await source.readRun();
      return readReasoningItems(run, await source.itemsOf(run), query, (image) => own.address(image));
    },
    run: () => own.start(place.step),
    cancel: async () => own.cancel(place.step, (await source.readRun()).mine),
    save: (params) => own.save(checked('save', params)),
    openFile: () => own.openFile(),
  }));
}
