import { itemsNeeded } from '../../src/core/statistics/power';
import type { AbilitiesHostSurface, AbilitiesState } from '../../src/shared/protocol/abilities';
import { labAbilityItems, labAbilityRun } from './abilitiesRuns';
import type { FakedPage, FakeHost } from './fakeHost';
import { fakePanels } from './fakePanels';

export type AbilitiesHost = FakeHost<AbilitiesState, AbilitiesHostSurface>;

const abilities: FakedPage<AbilitiesState, AbilitiesHostSurface> = {
  name: 'abilities',
  answers: (host) => ({
    ready: () => host.state,
    items: (query) => labAbilityItems(labAbilityRun({ facts: host.state.facts }), query),
    itemsNeeded: ({ difference }) =>
      [0.05, 0.1, 0.2, 0.3, 0.5].map((discordant) => ({ discordant, items: itemsNeeded(difference, discordant) })),
    run: () => null,
    cancel: () => null,
    save: ({ format }) => `abilities.${format}`,
    openFile: () => null,
  }),
};

/** Gives the tests of a `describe` Abilities pages. */
export const abilitiesPanels = () => fakePanels(abilities);

export const tabNames = ['Abilities', 'Comparisons', 'Items'] as const;

/** Goes to a tab. */
export async function goTo(host: AbilitiesHost, tab: (typeof tabNames)[number]): Promise<void> {
  await host.page.getByRole('tab', { name: tab }).click();
  await host.settle();
}

/** Chooses in a list, by its accessible name. */
export async function choose(host: AbilitiesHost, list: string, choice: string): Promise<void> {
  const box = host.page.getByRole('combobox', { name: list, exact: true }).locator('visible=true');
  await box.click();
  await box.getByRole('option', { name: choice, exact: true }).click();
  await host.settle();
}
