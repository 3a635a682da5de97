import assert from 'node:assert/strict';
import type { CompareRow } from '../../src/shared/compareResults';
import { axesUpTo, axisUpTo, significant } from '../../webview/kit/numbers';
import { energySeries, needTwinAxes } from '../../webview/updates/energySeries';
import { firstView } from '../../webview/updates/view';
import { tableRows } from './probePanels';
import { choose, updatesPanels, type UpdatesHost } from './updatesPanels';
import { labRows, labUpdates } from './updatesRuns';

/** Points of a line of the shown plot, as its path has them. */
async function spots(host: UpdatesHost, name: string): Promise<[number, number][]> {
  const d = await host.page.locator(`path.line[data-name="${name}"]:visible`).getAttribute('d');
  return d!
    .split(/[ML]/)
    .filter(Boolean)
    .map((pair) => pair.split(' ').map(Number) as [number, number]);
}

const isMid = ({ layer, part }: CompareRow) => part === 'languageModel' && layer === 6;

describe('the Updates page: energy over layers', () => {
  const open = updatesPanels();

  it('has an axis for each of two phases whose scales differ, and points where their energies are', async () => {
    const state = labUpdates();
    const host = await open({ state });
    const axes = await host.page.locator('.plot text:visible').allTextContents();
    assert.deepEqual(axes.slice(0, 2), ['base → in: ‖ΔW‖', 'in → rl: ‖ΔW‖']);
    const series = energySeries(state, firstView);
    assert.equal(needTwinAxes(series), true);
    const tops = axesUpTo(series.map(({ points }) => Math.max(...points.map(({ value }) => value))));
    for (const [i, { shown, points }] of series.entries()) {
      const drawn = await spots(host, shown.title);
      assert.equal(drawn.length, 12);
      const [bottom, top] = await host.page.evaluate(() => {
        const lines = [...document.querySelectorAll('.plot text')].filter(({ textContent }) => textContent === '0');
        const grid = [...document.querySelectorAll('.plot text')].filter(
          (node) => node.getAttribute('text-anchor') === 'end',
        );
        const y = (node: Element) => Number(node.getAttribute('y')) - 4;
        return [
          y(lines.find((node) => node.getAttribute('text-anchor') === 'end')!),
          Math.min(...grid.slice(1).map(y)),
        ];
      });
      points.forEach(({ layer, value }) => {
        const share = (bottom! - drawn[layer]![1]) / (bottom! - top!);
        assert.ok(Math.abs(share * tops[i]!.high - value) < 0.01 * tops[i]!.high, `${shown.title}, layer ${layer}`);
      });
    }
  });

  it('is a root sum square in the absolute view, and what the authors’ code says in theirs', () => {
    const state = labUpdates();
    const rows = labRows().filter((row) => row.from === 'base' && isMid(row));
    const at = (energy: 'absolute' | 'relative' | 'authors') =>
      energySeries(state, { ...firstView, energy })[0]!.points.find(({ layer }) => layer === 6)!.value;
    const norm = (values: number[]) => Math.hypot(...values);
    assert.ok(Math.abs(at('absolute') / norm(rows.map(({ energy }) => energy!)) - 1) < 1e-12);
    const whole = norm(rows.map(({ energy }) => energy!)) / norm(rows.map(({ fromNorm }) => fromNorm!));
    assert.ok(Math.abs(at('relative') / whole - 1) < 1e-12);
    const counted = rows.filter(({ name }) => name.endsWith('weight') && !name.includes('norm'));
    const mean = counted.reduce((sum, { energy, toNorm }) => sum + energy! / toNorm!, 0) / counted.length;
    assert.ok(Math.abs(at('authors') / mean - 1) < 1e-12);
  });

  it('is restricted to a component, a part and the phases chosen', async () => {
    const host = await open({ state: labUpdates() });
    const plot = host.page.getByRole('slider');
    const value = async () => (await plot.getAttribute('aria-valuetext'))!;
    await plot.focus();
    assert.match(await value(), /^Layer 0\. base → in: [\d.]+, rounding floor [\d.]+ \(12 tensors\)\. in → rl/);
    await choose(host, 'Component', 'Norm');
    await plot.focus();
    assert.match(await value(), /\(2 tensors\)/);
    await choose(host, 'Component', 'All components');
    await choose(host, 'Part', 'Vision tower');
    await plot.focus();
    assert.match(await value(), /base → in: exactly 0, unchanged \(12 tensors\)/);
    // A frozen phase needs no axis of its own, and the regions are those of the language model.
    const texts = await host.page.locator('.plot text:visible').allTextContents();
    assert.equal(texts[0], '‖ΔW‖');
    assert.equal(texts.includes('Early'), false);
    await host.page.getByRole('checkbox', { name: 'base → in' }).click();
    await host.settle();
    assert.equal(await host.page.locator('path.line[data-name="base → in"]').count(), 0);
  });

  it('shows the rounding floor where it is in reach, and leaves out one far above', async () => {
    const host = await open({ state: labUpdates() });
    const floor = (phase: string) => host.page.locator(`path.line[data-name="Rounding floor of ${phase}"]`);
    assert.notEqual(await floor('in → rl').getAttribute('d'), '');
    const rows = labRows().map((row) => ({ ...row, roundingFloor: row.roundingFloor! * 100 }));
    await host.update(labUpdates({ rows }));
    assert.equal(await floor('in → rl').getAttribute('d'), '');
    await choose(host, 'Energy', 'Relative');
    assert.equal(await floor('in → rl').count(), 0);
  });

  it('goes to the tensor that moved most when a layer is chosen', async () => {
    const host = await open({ state: labUpdates() });
    const plot = host.page.getByRole('slider');
    await plot.focus();
    for (let i = 0; i < 6; i++) await plot.press('ArrowRight');
    await plot.press('Enter');
    const rows = labRows().filter((row) => row.from === 'base' && isMid(row));
    const most = rows.reduce((best, row) => (row.energy! > best.energy! ? row : best));
    assert.deepEqual(await host.called('reveal'), { phase: 0, side: 'to', name: most.name });
    const box = (await plot.boundingBox())!;
    await host.page.mouse.click(box.x + box.width / 2, box.y + 100);
    assert.equal(((await host.called('reveal', 2)) as { phase: number }).phase, 0);
  });

  it('tells a layer’s numbers where the pointer is', async () => {
    const host = await open({ state: labUpdates() });
    const box = (await host.page.getByRole('slider').boundingBox())!;
    await host.page.mouse.move(box.x + 75, box.y + 150);
    const tooltip = host.page.locator('.tooltip:visible');
    assert.match((await tooltip.textContent())!, /^Layer 0base → in: /);
    await host.page.mouse.move(box.x + box.width - 75, box.y + 150);
    assert.match((await tooltip.textContent())!, /^Layer 11/);
    const inner = (await tooltip.boundingBox())!;
    assert.ok(inner.x + inner.width <= box.x + box.width + 1);
    await host.page.mouse.move(box.x, box.y - 20);
    assert.equal(await tooltip.count(), 0);
  });

  it('sums up regions and parts, a frozen part as exactly zero', async () => {
    const host = await open({ state: labUpdates() });
    const rows = await tableRows(host, 'Regions of the language model, and parts');
    assert.deepEqual(
      rows.filter(([, phase]) => phase === 'base → in').map(([where]) => where),
      ['Early', 'Mid', 'Late', 'Vision tower', 'Projector', 'Embeddings', 'Language model', 'Head'],
    );
    const frozen = rows.find(([where, phase]) => where === 'Vision tower' && phase === 'base → in')!;
    assert.deepEqual(
      [frozen[2], frozen[3], frozen[5], frozen[6], frozen[8], frozen[9]],
      ['0', '0', '0', '0', '0', '0'],
    );
  });
});

describe('numbers of charts', () => {
  it('have as many digits as asked for, and are zero only when they are', () => {
    const cases: [number, string][] = [
      [0, '0'],
      [0.0123456, '0.0123'],
      [12, '12'],
      [1310.4, '1310'],
      [-0.25, '−0.25'],
      [1.2e-5, '1.2 × 10⁻⁵'],
      [-3e-12, '−3 × 10⁻¹²'],
      [2.5e7, '2.5 × 10⁷'],
    ];
    for (const [value, text] of cases) assert.equal(significant(value), text);
  });

  it('have axes that end in a round number not far above', () => {
    for (const value of [1, 0.0331, 7.13, 4.98e-6, 99, 1000]) {
      const { high, ticks } = axisUpTo(value);
      assert.ok(high >= value * (1 - 1e-9) && high <= 1.34 * value, `${value} → ${high}`);
      assert.equal(ticks.at(-1), high);
    }
    assert.deepEqual(axisUpTo(0), { low: 0, high: 1, ticks: [0] });
    const [a, b] = axesUpTo([4.98, 0.117]);
    assert.equal(a!.ticks.length, b!.ticks.length);
  });
});
