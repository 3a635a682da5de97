import type * as vscode from 'vscode';
import { itemsNeeded } from '../../core/statistics/power';
import type { AbilitiesHostSurface, AbilitiesState } from '../../shared/protocol/abilities';
import { checked } from './abilitiesRequests';
import { AbilitiesSource } from './abilitiesSource';
import type { DatasetItems } from './datasetItems';
import { RunPanel, type RunPanelContext, type RunPanelPlace } from './runPanel';

export type AbilitiesPanel = RunPanel<AbilitiesState, AbilitiesHostSurface>;

/** Shares of discordant items for which the items needed are told. */
const discordantShares = [0.05, 0.1, 0.2, 0.3, 0.5] as const;

/** The Abilities panel of one evaluate run. */
export function abilitiesPanel(
  panel: vscode.WebviewPanel,
  place: RunPanelPlace,
  context: RunPanelContext,
  datasets: DatasetItems,
): AbilitiesPanel {
  const source = new AbilitiesSource(place.file, place.step, context.experiments, context.runs, datasets);
  return new RunPanel<AbilitiesState, AbilitiesHostSurface>(panel, place, 'abilities', context, source, (own) => ({
    ready: () => own.state(),
    items: (params) => source.items(checked('items', params), (image) => own.address(image)),
    itemsNeeded: (params) => {
      const { difference } = checked('itemsNeeded', params);
      return discordantShares.map((discordant) => ({ discordant, items: itemsNeeded(difference, discordant) }));
    },
    run: () => own.start(place.step),
    cancel: async () => own.cancel(place.step, await source.isMine()),
    save: (params) => own.save(checked('save', params)),
    openFile: () => own.openFile(),
  }));
}
