import type * as vscode from 'vscode';
import type { AttentionHostSurface, AttentionState } from '../../shared/protocol/attention';
import { checked } from './attentionRequests';
import { AttentionSource } from './attentionSource';
import type { DatasetItems } from './datasetItems';
import { RunPanel, type RunPanelContext, type RunPanelPlace } from './runPanel';

export type AttentionPanel = RunPanel<AttentionState, AttentionHostSurface>;

/** The Attention panel of one attention run. */
export function attentionPanel(
  panel: vscode.WebviewPanel,
  place: RunPanelPlace,
  context: RunPanelContext,
  items: DatasetItems,
): AttentionPanel {
  const source = new AttentionSource(place.file, place.step, context.experiments, context.runs, items);
  return new RunPanel<AttentionState, AttentionHostSurface>(panel, place, 'attention', context, source, (own) => ({
    ready: () => own.state(),
    item: (params) => source.item(checked('item', params).id, (image) => own.address(image)),
    run: () => own.start(place.step),
    cancel: async () => own.cancel(place.step, await source.isMine()),
    save: (params) => own.save(checked('save', params)),
    openFile: () => own.openFile(),
  }));
}
