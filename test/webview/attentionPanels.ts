import type { AttentionHostSurface, AttentionState } from '../../src/shared/protocol/attention';
import { labItem } from './attentionRuns';
import type { FakedPage, FakeHost } from './fakeHost';
import { fakePanels } from './fakePanels';

export type AttentionHost = FakeHost<AttentionState, AttentionHostSurface>;

const attention: FakedPage<AttentionState, AttentionHostSurface> = {
  name: 'attention',
  answers: (host) => ({
    ready: () => host.state,
    item: ({ id }) => labItem(host.state, id),
    run: () => null,
    cancel: () => null,
    save: ({ format }) => `attention.${format}`,
    openFile: () => null,
  }),
};

/** Gives the tests of a `describe` Attention pages. */
export const attentionPanels = () => fakePanels(attention);

export const tabNames = ['Layers', 'Image', 'Table'] as const;

/** Goes to a tab; on that of the image waits for the item. */
export async function goTo(host: AttentionHost, tab: (typeof tabNames)[number]): Promise<void> {
  await host.page.getByRole('tab', { name: tab, exact: true }).click();
  if (tab === 'Image') await host.page.getByRole('grid').waitFor();
  await host.settle();
}

/** Chooses in one of the page's lists. */
export async function choose(host: AttentionHost, list: string, choice: string): Promise<void> {
  await host.page.getByRole('combobox', { name: list }).click();
  await host.page.getByRole('option', { name: choice, exact: true }).click();
  await host.settle();
}
