import type * as vscode from 'vscode';
import type { UpdatesHostSurface, UpdatesState } from '../../shared/protocol/updates';
import { RunPanel, type RunPanelContext, type RunPanelPlace } from './runPanel';
import { checked } from './updatesRequests';
import { UpdatesSource } from './updatesSource';

export type UpdatesPanel = RunPanel<UpdatesState, UpdatesHostSurface>;

/** Shows a tensor of a checkpoint in the Checkpoints view. @throws InputError when it cannot */
export type RevealTensor = (checkpointDirectory: string, tensorName: string) => Promise<void>;

/** The Updates panel of one compare run. */
export function updatesPanel(
  panel: vscode.WebviewPanel,
  place: RunPanelPlace,
  context: RunPanelContext,
  revealTensor: RevealTensor,
): UpdatesPanel {
  const source = new UpdatesSource(place.file, place.step, context.experiments, context.runs);
  return new RunPanel<UpdatesState, UpdatesHostSurface>(panel, place, 'updates', context, source, (own) => ({
    ready: () => own.state(),
    run: () => own.start(place.step),
    cancel: async () => own.cancel(place.step, await source.isMine()),
    save: (params) => own.save(checked('save', params)),
    openFile: () => own.openFile(),
    reveal: async (params) => {
      const tensor = checked('reveal', params);
      await revealTensor(await source.directoryOf(tensor), tensor.name);
      return null;
    },
  }));
}
