import { mkdirSync } from 'node:fs';
import type { ArithmeticRecipe } from '../../src/shared/protocol/merge';
import { paintDonors } from '../../src/shared/donorMap';
import { mergePanels } from './mergePanels';
import { column, computed, labMerge, labSize, largeSize, tried } from './mergeStates';
import { themes, type ThemeName } from './themes';

const six = (size = largeSize) =>
  (
    [
      ['IN:RL:RL', ['in', 'rl', 'rl']],
      ['IN:IN:RL', ['in', 'in', 'rl']],
      ['IN:RL:IN', ['in', 'rl', 'in']],
      ['RL:IN:IN', ['rl', 'in', 'in']],
      ['RL:RL:IN', ['rl', 'rl', 'in']],
      ['RL:IN:RL', ['rl', 'in', 'rl']],
    ] as const
  ).map(([name, donors]) => column(name, donors, size));

describe('the merge wizard: its looks', () => {
  const open = mergePanels();
  before(() => mkdirSync('test-results', { recursive: true }));

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks as it should: ${theme}`, async () => {
      const state = labMerge();
      const [first, second] = state.hybrids;
      const painted = { ...second!, name: 'grafted' } as ReturnType<typeof column>;
      const donors = paintDonors(
        painted.donors!,
        [{ part: 'languageModel', layer: 5, component: 'attention' }],
        'base',
      );
      const hybrids = [
        first!,
        {
          ...painted,
          donors,
          form: 'named' as const,
          problems: [
            {
              severity: 'warning' as const,
              message: 'generation_config.json, eos_token_id: in 5, rl 7. Answers end elsewhere.',
            },
            {
              severity: 'note' as const,
              message: 'config.json, torch_dtype: in bfloat16, rl float32. It changes nothing.',
            },
          ],
        },
      ];
      const host = await open({ state: { ...state, hybrids, tried: [tried] }, theme });
      await host.page.getByRole('button', { name: 'Show the trial of IN:RL:RL' }).click();
      await host.page.locator('[role=rowheader]').filter({ hasText: /^5$/ }).click();
      await host.settle();
      await host.page.screenshot({ path: `test-results/merge-${theme}.png`, fullPage: true });
    });
  }

  it('of the paper’s model, all six hybrids', async () => {
    const writing = {
      step: 'write-in-rl-rl',
      output: './IN-RL-RL',
      run: {
        id: 'write-in-rl-rl',
        state: 'running' as const,
        mine: true,
        done: 310,
        total: 729,
        secondsLeft: 12,
        message: null,
        device: 'cpu',
      },
      result: null,
    };
    const [first, ...others] = six();
    const state = labMerge({ hybrids: [{ ...first!, writings: [writing] }, ...others] }, largeSize);
    const host = await open({ state, width: 1300 });
    await host.page.screenshot({ path: 'test-results/merge-large.png', fullPage: true });
  });

  it('of a recipe of arithmetic', async () => {
    const recipe: ArithmeticRecipe = {
      method: 'dare_ties',
      base: 'base',
      models: [
        { model: 'in', settings: { weight: 0.5, density: 0.3 } },
        { model: 'rl', settings: { weight: [0, 1] } },
      ],
      parameters: {},
      seed: 7,
    };
    for (const theme of Object.keys(themes) as ThemeName[]) {
      const host = await open({ state: labMerge({ hybrids: [computed('soup', recipe), ...six(labSize)] }), theme });
      await host.settle();
      await host.page.screenshot({ path: `test-results/merge-computed-${theme}.png`, fullPage: true });
    }
  });

  it('in a narrow column', async () => {
    const host = await open({ state: labMerge({ hybrids: six(labSize) }), width: 460 });
    await host.page.screenshot({ path: 'test-results/merge-narrow.png', fullPage: true });
  });

  it('of a file with an error, and of one without hybrids', async () => {
    const host = await open({
      state: labMerge({ problem: 'line 12: "rI" is no checkpoint of this file; did you mean "rl"?', canRun: false }),
    });
    await host.page.screenshot({ path: 'test-results/merge-problem.png', fullPage: true });
    const bare = await open({ state: labMerge({ hybrids: [] }) });
    await bare.page.screenshot({ path: 'test-results/merge-empty.png', fullPage: true });
  });
});
