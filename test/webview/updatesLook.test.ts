import { mkdirSync } from 'node:fs';
import { themes, type ThemeName } from './themes';
import { choose, goTo, tabNames, updatesPanels, type UpdatesHost } from './updatesPanels';
import { labRunning, labUpdates, largeSize } from './updatesRuns';

describe('the Updates page: its looks', () => {
  const open = updatesPanels();
  before(() => mkdirSync('test-results', { recursive: true }));

  async function shoot(host: UpdatesHost, name: string): Promise<void> {
    for (const tab of tabNames) {
      await goTo(host, tab);
      const path = `test-results/updates-${tab.toLowerCase().replace(' ', '-')}-${name}.png`;
      await host.page.screenshot({ path, fullPage: tab !== 'Table' });
    }
  }

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks as it should: ${theme}`, async () => {
      await shoot(await open({ state: labUpdates(), theme }), theme);
    });
  }

  it('of a model with 729 tensors', async () => {
    const host = await open({ state: labUpdates({}, largeSize) });
    await shoot(host, 'large');
    await goTo(host, 'Energy');
    await choose(host, 'Part', 'Vision tower');
    await shoot(host, 'vision');
  });

  it('of a run under way, with estimates', async () => {
    await shoot(await open({ state: labRunning(150) }), 'running');
  });

  it('in a narrow column', async () => {
    await shoot(await open({ state: labUpdates(), width: 400 }), 'narrow');
  });
});
