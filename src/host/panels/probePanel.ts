import path from 'node:path';
import type * as vscode from 'vscode';
import { InputError } from '../../shared/errors';
import type { ProbeHostSurface, ProbeState } from '../../shared/protocol/probe';
import type { Handlers } from '../../shared/rpc';
import { readProbeItems } from './probePairs';
import { checked } from './probeRequests';
import { ProbeSource, type ReadRun } from './probeSource';
import { RunPanel, type RunPanelContext, type RunPanelPlace } from './runPanel';

export type ProbePanel = RunPanel<ProbeState, ProbeHostSurface>;

/** The Probe panel of one run. @param overlays runs laid over it */
export function probePanel(
  panel: vscode.WebviewPanel,
  place: RunPanelPlace,
  overlays: readonly string[],
  context: RunPanelContext,
): ProbePanel {
  const source = new ProbeSource(place.file, place.step, overlays, context.experiments, context.runs);
  return new RunPanel<ProbeState, ProbeHostSurface>(panel, place, 'probe', context, source, (own) =>
    handlers(own, source),
  );
}

function handlers(own: ProbePanel, source: ProbeSource): Handlers<ProbeHostSurface> {
  /** A run that the page names. @throws InputError when there is none in the experiment */
  const runOf = async (id: string): Promise<ReadRun> => {
    if (!(await source.has(id))) {
      throw new InputError(`${path.basename(source.file)} has no swap step or run "${id}"`);
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
    items: async (params) => {
      const query = checked('items', params);
      return readProbeItems(await runOf(query.run), query, (image) => own.address(image));
    },
    run: async (params) => own.start((await runOf(checked('run', params).run)).id),
    cancel: async (params) => {
      const { id, mine } = await runOf(checked('cancel', params).run);
      return own.cancel(id, mine);
    },
    save: (params) => own.save(checked('save', params)),
    openFile: () => own.openFile(),
  };
}
