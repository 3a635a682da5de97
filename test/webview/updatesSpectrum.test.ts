import assert from 'node:assert/strict';
import { spectrumRanks } from '../../src/shared/spectrumRanks';
import { decays, rankPoints } from '../../webview/updates/spectra';
import { firstView } from '../../webview/updates/view';
import { choose, goTo, updatesPanels } from './updatesPanels';
import { labFacts, labRows, labRunning, labSize, labUpdates } from './updatesRuns';

const kind = 'self_attn.q_proj.weight';
const q = (layer: number) => `model.layers.${layer}.${kind}`;

describe('the Updates page: spectra', () => {
  const open = updatesPanels();

  it('are log10 of σ over the largest, layer by layer, to the fourth decimal', () => {
    const { phases } = labUpdates();
    const lines = decays(phases[1]!, { ...firstView, matrix: kind });
    assert.deepEqual(
      lines.map(({ layer }) => layer),
      Array.from({ length: 12 }, (_, i) => i),
    );
    const { singularValues } = labRows().find(({ to, name }) => to === 'rl' && name === q(7))!;
    const { points } = lines[7]!;
    assert.equal(points.length, 50);
    for (const { rank, value } of points) {
      const exact = Math.log10(singularValues![rank - 1]! / singularValues![0]!);
      assert.ok(Math.abs(value - exact) < 1e-4, `rank ${rank}`);
    }
    const all = decays(phases[1]!, { ...firstView, matrix: kind, allRanks: true })[7]!;
    assert.equal(all.points.at(-1)!.rank, labSize.rank);
  });

  it('of a layer are the mean over its matrices, at ranks that all of them have', () => {
    const [phase] = labUpdates().phases;
    const one = decays(phase!, firstView)[4]!;
    const matrices = phase!.tensors.filter(
      ({ part, layer, decay }) => part === 'languageModel' && layer === 4 && decay !== undefined,
    );
    assert.equal(matrices.length, 7);
    const mean = matrices.reduce((sum, { decay }) => sum + decay![9]!, 0) / 7;
    assert.ok(Math.abs(one.points[9]!.value - mean) < 1e-12);
    assert.deepEqual([one.points[9]!.rank, one.points.length], [10, 50]);
  });

  it('of a frozen part are none, and its ranks exactly zero', async () => {
    const view = { ...firstView, part: 'vision' as const };
    const [phase] = labUpdates().phases;
    assert.ok(decays(phase!, view).every(({ isZero, points }) => isZero && points.length === 0));
    assert.ok(
      rankPoints(phase!, view, 'effectiveRank').every(({ value, error }) => value === 0 && error === undefined),
    );
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Spectrum');
    await choose(host, 'Part', 'Vision tower');
    await host.page.getByText('Every update here is exactly zero: nothing moved.').waitFor();
    const ranks = host.page.getByRole('slider', { name: 'Stable rank by layer' });
    await ranks.focus();
    assert.match((await ranks.getAttribute('aria-valuetext'))!, /base → in: exactly 0, unchanged/);
  });

  it('are drawn as a line for each layer of each phase, and told by region', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Spectrum');
    const plot = (phase: string) =>
      host.page.getByRole('slider', { name: `Decay of the singular values of ${phase} by rank` });
    for (const phase of ['base → in', 'in → rl'])
      assert.equal(await plot(phase).locator('path.line').count(), 12, phase);
    const colours = await plot('in → rl')
      .locator('path.line')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('stroke')));
    assert.equal(new Set(colours).size, 12);
    await plot('in → rl').press('End');
    const told = (await plot('in → rl').getAttribute('aria-valuetext'))!;
    const [, early, late] = /^Rank 50\. Early: −([\d.]+) .*Late: −([\d.]+) /.exec(told)!;
    assert.ok(Number(late) > Number(early), told);
    await host.page.getByRole('checkbox', { name: 'All ranks' }).click();
    await choose(host, 'Matrix', 'q_proj');
    await plot('in → rl').press('End');
    assert.match((await plot('in → rl').getAttribute('aria-valuetext'))!, /^Rank 64\./);
  });

  it('have whiskers of one standard error while they are estimates', async () => {
    const view = { ...firstView, matrix: kind };
    const [phase] = labRunning(0).phases;
    const { value, error } = rankPoints(phase!, view, 'effectiveRank')[3]!;
    const exact = labRows().find(({ to, name }) => to === 'in' && name === q(3))!.effectiveRank!;
    assert.ok(Math.abs(value / (1.05 * exact) - 1) < 1e-12);
    assert.ok(Math.abs(error! / (0.08 * value) - 1) < 1e-12);
    const mean = rankPoints(phase!, firstView, 'effectiveRank')[3]!;
    assert.ok(mean.error! < error! && mean.error! > 0.2 * error!, 'errors of seven matrices partly cancel');
    const host = await open({ state: labRunning(0) });
    await goTo(host, 'Spectrum');
    await choose(host, 'Matrix', 'q_proj');
    const plot = host.page.getByRole('slider', { name: 'Effective rank by layer' });
    assert.equal(await plot.locator('path.estimate').count(), 24);
    await host.page.getByText('estimate ± one standard error').waitFor();
    assert.equal(await host.page.getByText('No matrix here is finished yet.').count(), 2);
  });

  it('say how to get them where the step computes none', async () => {
    const rows = labRows().map(({ singularValues, stableRank, effectiveRank, spectral, nuclear, ...row }) => {
      assert.ok(singularValues || !(stableRank || effectiveRank || spectral || nuclear));
      return row;
    });
    const host = await open({ state: labUpdates({ rows, facts: labFacts(undefined, { spectrum: false }) }) });
    await goTo(host, 'Spectrum');
    await host.page.getByText('Set spectrum: true in the step and run it again.').waitFor();
  });
});

describe('ranks that a page is told', () => {
  it('are the leading 50 and a few up to the last', () => {
    assert.deepEqual(spectrumRanks(0), []);
    assert.deepEqual(spectrumRanks(3), [1, 2, 3]);
    for (const count of [51, 64, 512, 3584, 18944]) {
      const ranks = spectrumRanks(count);
      assert.ok(ranks.length <= 64);
      assert.deepEqual([ranks[49], ranks.at(-1)], [50, count]);
      assert.ok(ranks.every((rank, i) => i === 0 || rank > ranks[i - 1]!));
    }
  });
});
