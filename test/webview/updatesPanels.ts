import type { UpdatesHostSurface, UpdatesState } from '../../src/shared/protocol/updates';
import type { FakedPage, FakeHost } from './fakeHost';
import { fakePanels } from './fakePanels';

export type UpdatesHost = FakeHost<UpdatesState, UpdatesHostSurface>;

const updates: FakedPage<UpdatesState, UpdatesHostSurface> = {
  name: 'updates',
  answers: (host) => ({
    ready: () => host.state,
    run: () => null,
    cancel: () => null,
    save: ({ format }) => `updates.${format}`,
    openFile: () => null,
    reveal: () => null,
  }),
};

/** Gives the tests of a `describe` Updates pages. */
export const updatesPanels = () => fakePanels(updates);

export const tabNames = ['Energy', 'Heat map', 'Spectrum', 'Table'] as const;

/** Goes to a tab. */
export async function goTo(host: UpdatesHost, tab: (typeof tabNames)[number]): Promise<void> {
  await host.page.getByRole('tab', { name: tab }).click();
  await host.settle();
}

/** Chooses in one of the options' lists. */
export async function choose(host: UpdatesHost, list: string, choice: string): Promise<void> {
  await host.page.getByRole('combobox', { name: list }).click();
  await host.page.getByRole('option', { name: choice, exact: true }).click();
  await host.settle();
}
