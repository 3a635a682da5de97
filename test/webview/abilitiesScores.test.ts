import assert from 'node:assert/strict';
import { checkpointLooks } from '../../webview/abilities/checkpointLooks';
import { abilitiesPanels, choose, goTo, type AbilitiesHost } from './abilitiesPanels';
import {
  labAbilitiesRunning,
  labAbilityRun,
  labAbilityState,
  labCheckpoints,
  labFacts,
  wholeLab,
} from './abilitiesRuns';

const bars = ({ page }: AbilitiesHost) => page.getByRole('slider', { name: 'Scores by ability and checkpoint' });
const row = ({ page }: AbilitiesHost, name: string) =>
  page.getByRole('region', { name: 'Scores', exact: true }).locator('tbody tr', { hasText: name }).first();

describe('the Abilities page: scores', () => {
  const open = abilitiesPanels();

  it('draws a bar for every checkpoint in every ability, as high as its score', async () => {
    const host = await open({ state: wholeLab() });
    const heights = await bars(host)
      .locator('rect.bar')
      .evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('height'))));
    const { abilities } = wholeLab().summary;
    const values = Object.values(abilities).flatMap((scores) => labCheckpoints.map((name) => scores[name]!.value));
    assert.equal(heights.length, 27);
    heights.forEach((height, i) =>
      assert.ok(Math.abs(height / heights[0]! - values[i]! / values[0]!) < 0.01, String(i)),
    );
    assert.equal(await bars(host).locator('.floor').count(), 3);
  });

  it('keeps titles and floors apart, however wide the panel is', async () => {
    const facts = labFacts([...labCheckpoints.slice(0, 4)]);
    const host = await open({ state: labAbilityState(labAbilityRun({ facts })) });
    for (const width of [1400, 1000, 760, 540, 360]) {
      await host.page.setViewportSize({ width, height: 900 });
      await host.settle();
      const texts = await bars(host)
        .locator('text')
        .evaluateAll((all) =>
          all.map((one) => ({ text: one.textContent, box: one.getBoundingClientRect().toJSON() as DOMRect })),
        );
      const titles = texts.filter(({ text }) => /^(Vision|Reasoning|floor)/.test(text ?? ''));
      assert.equal(titles.length, 6);
      for (const [i, { text, box: a }] of titles.entries()) {
        for (const { text: other, box: b } of titles.slice(i + 1)) {
          const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
          assert.ok(apart, `${text} and ${other} at ${width} pixels`);
        }
      }
    }
  });

  it('tells checkpoints apart by pattern where colours repeat', () => {
    const series = ['#111111', '#222222', '#333333', '#444444', '#555555', '#666666'];
    const all = labCheckpoints.map((name) => ({ name, hybrid: name.includes(':') }));
    const looks = [...checkpointLooks(all, { series }).values()];
    assert.equal(new Set(looks.map((look) => JSON.stringify(look))).size, 9);
    const hybrids = looks.slice(3).map(({ pattern }) => pattern);
    assert.equal(new Set(hybrids).size, 6);
    assert.deepEqual(
      looks.slice(0, 3).map(({ pattern }) => pattern),
      ['full', 'full', 'full'],
    );
    const many = Array.from({ length: 12 }, (_, i) => ({ name: `model ${i}`, hybrid: false }));
    assert.equal(new Set([...checkpointLooks(many, { series }).values()].map((look) => JSON.stringify(look))).size, 12);
  });

  it('gives every number in the table, and marks what differs from the reference after correction', async () => {
    const host = await open({ state: wholeLab() });
    const { base } = wholeLab().summary.abilities['vision']!;
    const cells = await row(host, 'base').locator('td').allTextContents();
    assert.deepEqual(cells.slice(0, 4), ['76.0 %', '66.8, 83.3', '100', '+12.0']);
    assert.equal(base!.value, 0.76);
    assert.equal(await row(host, 'base').locator('strong.differs').count(), 3);
    // −5.0 points are not significant.
    assert.equal(await row(host, 'rl').locator('td').nth(3).locator('strong').count(), 0);
    assert.equal(await row(host, 'in').getByText('reference').count(), 3);
    const fromIn = wholeLab().summary.comparisons.filter(({ a, b }) => a === 'in' || b === 'in');
    const differ = fromIn.filter(({ pAdjusted }) => pAdjusted < 0.05).length;
    assert.equal(differ, 10);
    assert.equal(await bars(host).locator('path.differs').count(), differ);
    await choose(host, 'Reference', 'base');
    assert.equal(await row(host, 'in').locator('td').nth(3).textContent(), '−12.0');
    assert.equal(await row(host, 'base').getByText('reference').count(), 3);
  });

  it('says whether an ability rises along the chain', async () => {
    const host = await open({ state: wholeLab() });
    const lines = await host.page.getByRole('list', { name: 'Along the chain' }).locator('li').allTextContents();
    assert.deepEqual(lines, [
      'Vision: falls 76.0 → 64.0 → 59.0 % along base → in → rl; rises monotonically in 0 % of resamples of the items.',
      'Vision to reasoning: rises 24.0 → 52.0 → 77.0 % along base → in → rl; rises monotonically in 100 % of resamples of the items.',
      'Reasoning: rises 33.0 → 58.0 → 79.0 % along base → in → rl; rises monotonically in 100 % of resamples of the items.',
    ]);
  });

  it('tells of a bar by pointer and by keyboard, and leads to its items', async () => {
    const host = await open({ state: wholeLab() });
    await bars(host).focus();
    await bars(host).press('ArrowRight');
    const text = (await bars(host).getAttribute('aria-valuetext'))!;
    assert.match(text, /^Vision: in\. 64\.0 % \[54\.2, 72\.7\], n = 100\. With image: .* With black image: /);
    assert.match(text, /An empty answer scores 0\.0 %, the best constant answer \(“No”\) 21\.0 %\.$/);
    const bar = (await bars(host).locator('rect.bar').nth(1).boundingBox())!;
    await host.page.mouse.move(bar.x + bar.width / 2, bar.y + 20);
    await host.page.locator('.tooltip', { hasText: 'Vision: in' }).waitFor();
    await bars(host).focus();
    await bars(host).press('Home');
    await bars(host).press('Enter');
    const filter = { kind: 'verdict', checkpoint: 'base', right: true };
    assert.deepEqual(await host.called('items'), { ability: 'vision', filter, search: '', from: 0, to: 40 });
    await host.page.getByText('Vision, base right: 76 items').waitFor();
  });

  it('leaves out checkpoints that are not wanted, and stacks abilities where the column is narrow', async () => {
    const host = await open({ state: wholeLab() });
    const height = () =>
      bars(host)
        .locator('svg')
        .evaluate((svg) => svg.clientHeight);
    const wide = await height();
    await host.page.setViewportSize({ width: 420, height: 900 });
    await host.settle();
    assert.ok((await height()) > 2.5 * wide);
    await host.page.setViewportSize({ width: 1200, height: 900 });
    await host.page.getByRole('checkbox', { name: 'IN:RL:RL' }).click();
    await host.settle();
    assert.equal(await bars(host).locator('rect.bar').count(), 24);
  });

  it('of a run under way shows what there is', async () => {
    const host = await open({ state: labAbilitiesRunning(820) });
    assert.equal(await bars(host).locator('rect.bar').count(), 5);
    assert.equal(await row(host, 'rl').getByText('no answers yet').count(), 3);
    assert.match((await row(host, 'in').textContent())!, /56\.7 %/);
  });

  it('says what was left out and cut off, and that answers are sampled', async () => {
    const host = await open({ state: wholeLab() });
    await host.page.getByText('1 item is left out').click();
    await host.page.getByText('images/vis_00100.png: there is no such file').waitFor();
    await host.page.getByText(/^Answers cut off at their limit: in \d+, rl/).waitFor();
    const sampled = labAbilityRun({ facts: labFacts(['base', 'in'], { samples: 3 }) });
    await host.update(labAbilityState(sampled));
    await host.page.getByText('3 sampled answers per item and setting').waitFor();
    await goTo(host, 'Items');
    await host.page.getByRole('article').waitFor();
    // A mean share is no count.
    assert.deepEqual(await host.page.locator('.chip', { hasText: /^in (right|wrong)$/ }).allTextContents(), [
      'in right',
      'in wrong',
    ]);
    assert.equal(await host.page.locator('.checkpoint-answers').first().locator('.answer').count(), 6);
  });
});
