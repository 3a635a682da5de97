import { mkdirSync } from 'node:fs';
import { themes, type ThemeName } from './themes';
import { goTo, tabNames, trainingPanels, type TrainingHost } from './trainingPanels';
import { labRun, labRunning, labSft, labThree, labTraining, notRun } from './trainingRuns';

describe('the Training page: its looks', () => {
  const open = trainingPanels();
  before(() => mkdirSync('test-results', { recursive: true }));

  async function shoot(host: TrainingHost, name: string, tabs: readonly (typeof tabNames)[number][] = tabNames) {
    for (const tab of tabs) {
      await goTo(host, tab);
      const path = `test-results/training-${tab.toLowerCase()}-${name}.png`;
      await host.page.screenshot({ path, fullPage: tab !== 'Table' });
    }
  }

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks as it should: ${theme}`, async () => {
      await shoot(await open({ state: labThree(), theme }), theme);
    });
  }

  it('of supervised fine-tuning', async () => {
    await shoot(await open({ state: labSft(), theme: 'light' }), 'sft', ['Curves', 'Samples']);
  });

  it('of a run under way beside one that was never run, of one that failed, and of none', async () => {
    await shoot(await open({ state: labTraining([labRunning('frozen-late', 60), notRun('unfrozen')]) }), 'running', [
      'Curves',
    ]);
    const message = 'the gradient was not finite in 10 steps in a row, the last is step 41';
    const failed = await open({ state: labTraining([labRun('frozen-late', { state: 'failed', rows: [], message })]) });
    await failed.page.screenshot({ path: 'test-results/training-failed.png' });
    const none = await open({ state: labTraining([notRun('frozen-late')]) });
    await none.page.screenshot({ path: 'test-results/training-none.png' });
  });

  it('in a narrow column', async () => {
    await shoot(await open({ state: labThree(), width: 400 }), 'narrow', ['Curves', 'Samples']);
  });
});
