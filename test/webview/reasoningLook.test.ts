import { mkdirSync } from 'node:fs';
import { choose, chooseLayer, goTo, reasoningPanels, type ReasoningHost } from './reasoningPanels';
import { labFacts, labReasoning, labRunning, notRun, visionFacts } from './reasoningRuns';
import { themes, type ThemeName } from './themes';

describe('the Reasoning page: its looks', () => {
  const open = reasoningPanels();
  before(() => mkdirSync('test-results', { recursive: true }));

  const shoot = (host: ReasoningHost, name: string, fullPage = true) =>
    host.page.screenshot({ path: `test-results/reasoning-${name}.png`, fullPage });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks as it should: ${theme}`, async () => {
      const host = await open({ state: labReasoning(), theme });
      await chooseLayer(host, 'Accuracy', 3);
      await host.page.getByText('Listed: 1 to 20').waitFor();
      await host.page.setViewportSize({ width: 1200, height: 1500 });
      await shoot(host, `figure-${theme}`, false);
      await goTo(host, 'Table');
      await shoot(host, `table-${theme}`, false);
    });
  }

  it('as differences and error rates', async () => {
    const host = await open({ state: labReasoning() });
    await choose(host, 'Measure', 'Difference to the baseline');
    await shoot(host, 'difference');
    await choose(host, 'Measure', 'Error rate');
    await shoot(host, 'error');
  });

  it('with vision layers, and items left out', async () => {
    const leftOut = ['v2r_001', 'v2r_002'].map((id) => ({ id, problem: 'the image images/v2r.png is gone' }));
    await shoot(await open({ state: labReasoning({ facts: visionFacts({ leftOut }) }) }), 'vision');
  });

  it('of likelihoods alone, and of a run under way', async () => {
    await shoot(await open({ state: labReasoning({ facts: labFacts({ scoring: 'likelihood' }) }) }), 'likelihood');
    await shoot(await open({ state: labRunning(20) }), 'running');
    await shoot(await open({ state: notRun() }), 'empty');
  });

  it('in a narrow column', async () => {
    const host = await open({ state: labReasoning({ facts: visionFacts() }), width: 400 });
    await shoot(host, 'narrow');
    await chooseLayer(host, 'Accuracy', 3);
    await host.page.getByText('Listed: 1 to 20').waitFor();
    await host.page.locator('.details').scrollIntoViewIfNeeded();
    await shoot(host, 'narrow-items', false);
  });
});
