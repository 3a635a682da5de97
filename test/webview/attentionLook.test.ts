import { mkdirSync } from 'node:fs';
import { attentionPanels, goTo, tabNames, type AttentionHost } from './attentionPanels';
import { labAttention, labFacts, labRunning, labShape, notRun } from './attentionRuns';
import { themes, type ThemeName } from './themes';

const three = { ...labShape, checkpoints: ['base', 'in', 'rl'] };

describe('the Attention page: its looks', () => {
  const open = attentionPanels();
  before(() => mkdirSync('test-results', { recursive: true }));

  async function shoot(host: AttentionHost, name: string, tabs: readonly (typeof tabNames)[number][] = tabNames) {
    for (const tab of tabs) {
      await goTo(host, tab);
      await host.page.screenshot({ path: `test-results/attention-${tab.toLowerCase()}-${name}.png`, fullPage: true });
    }
  }

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks as it should: ${theme}`, async () => {
      await shoot(await open({ state: labAttention(), theme }), theme);
    });
  }

  it('of three checkpoints with 28 layers, some items left out', async () => {
    const shape = { ...three, layers: 28 };
    const leftOut = [{ id: 'vis_00099', problem: 'its image cannot be read' }];
    const state = labAttention({ facts: labFacts(shape, { leftOut }) }, shape);
    await shoot(await open({ state }), 'three');
  });

  it('of one checkpoint', async () => {
    await shoot(await open({ state: labAttention({}, { ...labShape, checkpoints: ['rl'] }) }), 'one', ['Layers']);
  });

  it('of a run under way, of one that failed, and of none', async () => {
    await shoot(await open({ state: labRunning(3) }), 'running', ['Layers']);
    const message = 'evaluation/vision.jsonl was changed while it was being read';
    const failed = await open({ state: labAttention({ state: 'failed', rows: [], message }) });
    await failed.page.screenshot({ path: 'test-results/attention-failed.png' });
    const none = await open({ state: notRun() });
    await none.page.screenshot({ path: 'test-results/attention-none.png' });
  });

  it('in a narrow column', async () => {
    await shoot(await open({ state: labAttention(), width: 400 }), 'narrow', ['Layers', 'Image']);
  });
});
