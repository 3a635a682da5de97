import assert from 'node:assert/strict';
import { percent } from '../../src/shared/format';
import type { ProbeState } from '../../src/shared/protocol/probe';
import { labRun, labState } from './labRuns';
import { chartOf, pixelsOf, probePanels, tableRows } from './probePanels';
import { themes } from './themes';

const functions = ['Recognition', 'Counting', 'OCR', 'Grounding'];
const rates = 'Change and adopted rates by function, layer and run';
const blue = themes.dark.variables['charts-blue']!;
const orange = themes.dark.variables['charts-orange']!;

/** What the table must say of a state, straight from its points. */
function expectedRows({ runs }: ProbeState): string[][] {
  const named: Record<string, string> = {
    recognition: 'Recognition',
    counting: 'Counting',
    ocr: 'OCR',
    grounding: 'Grounding',
  };
  const between = (low: number, high: number) => `${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}`;
  return runs[0]!.curves.flatMap(({ function: name, points }) =>
    points.flatMap(({ layer }) =>
      runs.map(({ checkpoint, curves }) => {
        const point = curves.find((curve) => curve.function === name)!.points[layer]!;
        const { n, changed, rate, low, high, adopted, adoptedRate } = point;
        const numbers = [
          String(n),
          String(changed),
          percent(rate),
          between(low, high),
          String(adopted),
          percent(adoptedRate),
        ];
        return [named[name]!, String(layer), checkpoint, ...numbers];
      }),
    ),
  );
}

describe('the Probe page: curves', () => {
  const open = probePanels();

  it('draws a chart per function, and says its numbers in words and as a table', async () => {
    const state = labState(['vision']);
    const host = await open({ state });
    for (const name of functions) {
      assert.equal(await chartOf(host, name).count(), 1, name);
      assert.ok((await pixelsOf(host, name, blue)) > 300, `${name} has a curve`);
    }
    const chart = chartOf(host, 'Recognition');
    await chart.focus();
    for (let layer = 0; layer < 4; layer++) await chart.press('ArrowRight');
    const { n, changed, adopted } = state.runs[0]!.curves[0]!.points[4]!;
    assert.deepEqual([n, changed, adopted], [50, 21, 21]); // what the command line reported
    const spoken = `Layer 4. base: 42.0 % [29.4, 55.8], 21 of 50 changed, 21 adopted`;
    assert.equal(await chart.getAttribute('aria-valuetext'), spoken);
    await host.page.getByRole('tab', { name: 'Table' }).click();
    await host.settle();
    assert.deepEqual(await tableRows(host, rates), expectedRows(state));
    assert.equal(await chart.isVisible(), false);
  });

  it('grows while the run goes on, and speaks of it once', async () => {
    const live = (pairs: number): ProbeState => labState(['vision'], { runs: [labRun('vision', pairs)] });
    const host = await open({ state: live(0) });
    assert.equal(await host.page.getByRole('slider').count(), 0);
    await host.page.getByText('The first pairs are on their way.').waitFor();
    const canvas = () =>
      chartOf(host, 'OCR')
        .locator('canvas')
        .evaluate((node) => ((node as unknown as { mark?: number }).mark ??= Math.random()));
    await host.update(live(1));
    const first = await canvas();
    await chartOf(host, 'OCR').hover(); // a tooltip is shown all the while
    await host.page.getByText('Running · 4 of 200 pairs · 2 min left · on cpu', { exact: true }).waitFor();
    for (const pairs of [5, 20, 49]) {
      await host.update(live(pairs));
      await host.page.getByText(`Running · ${4 * pairs} of 200 pairs · 2 min left · on cpu`, { exact: true }).waitFor();
      assert.equal(
        await host.page.getByRole('progressbar').evaluate((bar) => (bar as HTMLProgressElement).value),
        4 * pairs,
      );
    }
    assert.equal(
      await host.page.locator('[aria-live=polite].hidden-text').textContent(),
      'Running, 0 of 200 pairs, 2 min left, on cpu',
    );
    assert.equal(await canvas(), first, 'the chart is drawn on, not made anew');
    assert.match((await host.page.getByText('n = 49 pairs').allTextContents()).join(), /n = 49/);
    await host.update(live(50));
    await host.page.getByText('Finished · 200 of 200 pairs · on cpu', { exact: true }).waitFor();
    assert.match((await host.page.locator('[aria-live=polite].hidden-text').textContent())!, /^Finished/);
    assert.equal(await host.page.getByRole('progressbar').count(), 0);
  });

  it('lays runs over each other, told apart by line and marker', async () => {
    const host = await open({ state: labState(['vision']) });
    assert.equal(await pixelsOf(host, 'Counting', orange), 0);
    await host.page.getByRole('checkbox', { name: 'in (vision-in)' }).click();
    assert.deepEqual(await host.called('show'), { runs: ['vision', 'vision-in'] });
    await host.update(labState(['vision', 'vision-in']));
    await host.page.getByRole('checkbox', { name: 'rl (vision-rl)' }).click();
    assert.deepEqual(await host.called('show', 2), { runs: ['vision', 'vision-in', 'vision-rl'] });
    const state = labState(['vision', 'vision-in', 'vision-rl']);
    await host.update(state);
    assert.ok((await pixelsOf(host, 'Counting', orange)) > 50);
    const swatches = await host.page
      .getByRole('list', { name: 'Legend' })
      .locator('li')
      .evaluateAll((items) =>
        items.slice(0, 3).map((item) => {
          const [line, marker] = item.querySelectorAll('path');
          return [item.textContent, line!.getAttribute('stroke-dasharray'), marker!.getAttribute('d')];
        }),
      );
    assert.deepEqual(
      swatches.map(([label]) => label),
      ['base', 'in', 'rl'],
    );
    for (const column of [1, 2]) assert.equal(new Set(swatches.map((swatch) => swatch[column])).size, 3);
    await host.page.getByRole('tab', { name: 'Table' }).click();
    await host.settle();
    assert.deepEqual(await tableRows(host, rates), expectedRows(state));
    await host.page.getByRole('checkbox', { name: 'in (vision-in)' }).click();
    assert.deepEqual(await host.called('show', 3), { runs: ['vision', 'vision-rl'] });
  });

  it('shows differences with paired intervals, the significant ones by their shape', async () => {
    const host = await open({ state: labState(['vision']) });
    const toggle = host.page.getByRole('checkbox', { name: 'Differences' });
    assert.equal(await toggle.getAttribute('aria-disabled'), 'true');
    const state = labState(['vision', 'vision-in']);
    await host.update(state);
    await toggle.click();
    await host.settle();
    const chart = host.page.getByRole('slider', { name: 'Difference in the change rate of Recognition by layer' });
    await chart.focus();
    for (let layer = 0; layer < 4; layer++) await chart.press('ArrowRight');
    assert.match(
      (await chart.getAttribute('aria-valuetext'))!,
      /^Layer 4\. in − base: \+58\.0 \[\+42\.5, \+70\.6\], adjusted p < 0\.001$/,
    );
    await host.page.getByText('significant difference').waitFor();
    await host.page.getByRole('tab', { name: 'Table' }).click();
    await host.settle();
    const rows = await tableRows(host, 'Differences in the change rate between runs');
    assert.equal(rows.length, 48);
    assert.deepEqual(rows.find(([name, layer]) => name === 'Recognition' && layer === '4')!.at(-1), 'yes');
    const points = state.comparisons[0]!.differences.flatMap((difference) => difference.points);
    assert.equal(
      rows.filter((row) => row.at(-1) === 'yes').length,
      points.filter(({ pAdjusted }) => pAdjusted < 0.05).length,
    );
    await host.update(labState(['vision']));
    assert.equal(await host.page.getByRole('slider', { name: /^Difference/ }).count(), 0);
  });

  it('hides functions, bands and adopted rates on request', async () => {
    const host = await open({ state: labState(['vision']) });
    const canvas = () =>
      chartOf(host, 'OCR')
        .locator('canvas')
        .evaluate((node) => (node as HTMLCanvasElement).toDataURL());
    const pictures = [await canvas()];
    for (const name of ['Adopted rate', 'Intervals']) {
      await host.page.getByRole('checkbox', { name }).click();
      await host.settle();
      pictures.push(await canvas());
    }
    assert.equal(new Set(pictures).size, 3);
    await host.page.getByRole('checkbox', { name: 'Counting' }).click();
    await host.settle();
    assert.equal(await chartOf(host, 'Counting').count(), 0);
    assert.equal(await host.page.getByRole('slider').count(), 3);
    await host.page.getByRole('checkbox', { name: 'Counting' }).click();
    await host.settle();
    const headings = await host.page.getByRole('heading', { level: 3 }).allTextContents();
    assert.deepEqual(headings, functions);
  });

  it('says what the curves rest on', async () => {
    const [run] = labState(['vision']).runs;
    const curves = run!.curves.map((curve, i) =>
      i === 0 ? { ...curve, skipped: { tokens: 3, unreadable: 1 }, sameAnswer: 2 } : curve,
    );
    const host = await open({ state: labState(['vision'], { runs: [{ ...run!, curves }] }) });
    await host.page
      .getByText('n = 50 pairs · 3 skipped (image grids differ) · 1 unreadable · 2 with equal answers, kept in n')
      .waitFor();
    await host.page.getByRole('tab', { name: 'Table' }).click();
    await host.settle();
    const [first] = await tableRows(host, 'What the curves rest on');
    assert.deepEqual(first, ['Recognition', 'base', '50', '3', '1', '2', 'cpu']);
  });

  it('keeps nothing of what it no longer shows', async () => {
    const host = await open({ state: labState(['vision']) });
    const session = await host.page.context().newCDPSession(host.page);
    const counters = async () => {
      await session.send('HeapProfiler.collectGarbage');
      const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
      return { nodes, jsEventListeners };
    };
    const differences = host.page.getByRole('checkbox', { name: 'Differences' });
    const rounds = async (count: number) => {
      for (let i = 0; i < count; i++) {
        await host.update(labState(['vision', 'vision-in', 'vision-rl']));
        await differences.click();
        await host.update(labState(['vision'], { runs: [labRun('vision', 1 + (i % 40))] }));
        await host.update(labState(['vision', 'vision-rl']));
        await differences.click();
      }
      await host.settle();
    };
    await rounds(3);
    const before = await counters();
    await rounds(7);
    const after = await counters();
    assert.ok(after.nodes < before.nodes + 60, `${before.nodes} → ${after.nodes} nodes`);
    assert.ok(
      after.jsEventListeners < before.jsEventListeners + 20,
      `${before.jsEventListeners} → ${after.jsEventListeners} listeners`,
    );
  });
});
