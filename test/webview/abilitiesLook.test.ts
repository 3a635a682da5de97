import { mkdirSync } from 'node:fs';
import { labAbilityItems, labAbilitiesRunning, labAbilityState, othersRun, wholeLab } from './abilitiesRuns';
import { abilitiesPanels, goTo, tabNames, type AbilitiesHost } from './abilitiesPanels';
import { themes, type ThemeName } from './themes';

describe('the Abilities page: its looks', () => {
  const open = abilitiesPanels();
  before(() => mkdirSync('test-results', { recursive: true }));

  async function shoot(host: AbilitiesHost, name: string): Promise<void> {
    for (const tab of tabNames) {
      await goTo(host, tab);
      if (tab === 'Items') await host.page.locator('.item').waitFor();
      await host.settle();
      const path = `test-results/abilities-${tab.toLowerCase()}-${name}.png`;
      await host.page.screenshot({ path, fullPage: true });
    }
  }

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks as it should: ${theme}`, async () => {
      const host = await open({ state: wholeLab(), theme });
      await shoot(host, theme);
    });
  }

  it('of a run under way', async () => {
    await shoot(await open({ state: labAbilitiesRunning(820) }), 'running');
  });

  it('of others’ results', async () => {
    const run = othersRun();
    const host = await open({
      state: labAbilityState(run),
      handlers: { items: (query) => labAbilityItems(run, query) },
    });
    await shoot(host, 'others');
  });

  it('in a narrow column', async () => {
    await shoot(await open({ state: wholeLab(), width: 400 }), 'narrow');
  });
});
