import assert from 'node:assert/strict';
import type { CompareRow } from '../../src/shared/compareResults';
import { contrast } from '../../webview/kit/colour';
import { heatMaps, shareOf, type HeatScale } from '../../webview/updates/heatMap';
import { firstView, type View } from '../../webview/updates/view';
import { themes, type ThemeName } from './themes';
import { choose, goTo, updatesPanels, type UpdatesHost } from './updatesPanels';
import { labRows, labRunning, labUpdates } from './updatesRuns';

const cell = (host: UpdatesHost, name: string | RegExp) => host.page.getByRole('gridcell', { name });

async function fillOf(host: UpdatesHost, name: RegExp): Promise<string> {
  return cell(host, name).evaluate((node) => getComputedStyle(node).backgroundColor);
}

function hex(rgb: string): string {
  return `#${rgb
    .match(/\d+/g)!
    .slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`;
}

const change = (name: string, part: Partial<CompareRow>) =>
  labRows().map((row) => (row.to === 'rl' && row.name === name ? { ...row, ...part } : row));

describe('the Updates page: the heat map', () => {
  const open = updatesPanels();

  it('has a cell for each tensor, in the order of a layer’s calculation', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Heat map');
    const grid = host.page.getByRole('grid', { name: 'Relative energy of in → rl by kind of tensor and layer' });
    const order =
      'q_proj, q_proj bias, k_proj, k_proj bias, v_proj, v_proj bias, o_proj, gate_proj, up_proj, down_proj';
    assert.equal(
      (await grid.getByRole('rowheader').allTextContents()).join(', '),
      `${order}, input_layernorm, post_attention_layernorm`,
    );
    assert.equal(await grid.getByRole('gridcell').count(), 12 * 12);
    const { relativeEnergy } = labRows().find(
      ({ to, name }) => to === 'rl' && name === 'model.layers.3.mlp.down_proj.weight',
    )!;
    const name = `in → rl, down_proj, layer 3: relative energy ${(1e4 * relativeEnergy!).toPrecision(3)} × 10⁻⁴`;
    assert.equal(await cell(host, name).count(), 1);
  });

  it('shows what is outside of the layers, frozen tensors as exactly zero', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Heat map');
    for (const label of ['embed_tokens', 'merger.mlp.0', 'merger.mlp.2 bias', 'patch_embed.proj']) {
      const frozen = cell(host, `base → in, ${label}: exactly 0, unchanged`);
      assert.equal(await frozen.textContent(), '0', label);
      assert.equal(await frozen.evaluate((node) => getComputedStyle(node).backgroundColor), 'rgba(0, 0, 0, 0)');
    }
    assert.match((await cell(host, /base → in, lm_head/).getAttribute('aria-label'))!, /relative energy 0\.0/);
    await choose(host, 'Part', 'Vision tower');
    assert.equal(await cell(host, /^base → in, qkv, layer \d+: exactly 0, unchanged$/).count(), 4);
  });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`tells the least from nothing, and the largest best: ${theme}`, async () => {
      const host = await open({ state: labUpdates(), theme });
      await goTo(host, 'Heat map');
      const background = themes[theme].variables['editor-background']!;
      const [map] = heatMaps(labUpdates(), firstView);
      const all = map!.rows.flatMap(({ kind, cells }) =>
        cells.map(({ look }, layer) => ({ kind, layer, value: look.kind === 'value' ? look.value : 0 })),
      );
      const ratio = async ({ kind, layer }: (typeof all)[number]) =>
        contrast(hex(await fillOf(host, new RegExp(`^base → in, ${kind.label}, layer ${layer}:`))), background);
      const sorted = [...all].sort((a, b) => a.value - b.value);
      const [least, most] = [await ratio(sorted[0]!), await ratio(sorted.at(-1)!)];
      assert.ok(least > 1.1, `the least: ${least}`);
      assert.ok(most > 3 && most > 1.5 * least, `the most: ${most}`);
    });
  }

  it('colours by the measure and the scale chosen, each phase on its own or all on one', () => {
    const state = labUpdates();
    const scales = (part: Partial<View>) => heatMaps(state, { ...firstView, ...part }).map(({ scale }) => scale);
    const [first, second] = scales({});
    assert.ok(first!.low > 10 * second!.low && first!.high > 10 * second!.high);
    const [one, other] = scales({ sameScale: true });
    assert.deepEqual(one, other);
    assert.deepEqual([one!.low, one!.high], [second!.low, first!.high]);
    assert.equal(scales({ scale: 'linear' })[0]!.low, 0);
    const [, cosine] = scales({ measure: 'cosine' });
    assert.deepEqual([cosine!.signed, cosine!.low], [true, -cosine!.high]);
    const log: HeatScale = { low: 0.01, high: 1, log: true, signed: false };
    assert.ok(Math.abs(shareOf(0.1, log) - 0.5) < 1e-12);
    assert.equal(shareOf(0.25, { ...log, low: 0, log: false }), 0.25);
    assert.equal(shareOf(-0.5, { low: -1, high: 1, log: false, signed: true }), -0.5);
    assert.equal(shareOf(0.3, { low: 0.3, high: 0.3, log: true, signed: false }), 1);
  });

  it('is walked by arrows, one stop of Tab, and leads to the tensor', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Heat map');
    const focused = () => host.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    assert.equal(await host.page.locator('[role=grid]:visible [tabindex="0"]').count(), 4);
    await cell(host, /^base → in, q_proj, layer 0:/).focus();
    const { keyboard } = host.page;
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowLeft']) await keyboard.press(key);
    assert.match(await focused(), /^base → in, k_proj, layer 1:/);
    assert.match(
      (await host.page.locator('.tooltip:visible').textContent())!,
      /model\.layers\.1\.self_attn\.k_proj\.weight/,
    );
    await keyboard.press('End');
    assert.match(await focused(), /layer 11:/);
    await keyboard.press('ArrowRight');
    assert.match(await focused(), /layer 11:/);
    await keyboard.press('Home');
    await keyboard.press('Enter');
    assert.deepEqual(await host.called('reveal'), {
      phase: 0,
      side: 'to',
      name: 'model.layers.0.self_attn.k_proj.weight',
    });
    // News redraw the map; the place of the keyboard stays.
    await host.update(labUpdates({ rows: change('model.norm.weight', { relativeEnergy: 0.9 }) }));
    await host.update(labRunning(390));
    assert.match(await focused(), /^base → in, k_proj, layer 0:/);
    await cell(host, /^in → rl, lm_head:/).click();
    assert.deepEqual(await host.called('reveal', 2), { phase: 1, side: 'to', name: 'lm_head.weight' });
  });

  it('tells of a cell where there is room: below it, else above', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Heat map');
    const box = async () => (await cell(host, /^base → in, q_proj, layer 3:/).boundingBox())!;
    const tooltip = host.page.locator('.tooltip:visible');
    const { y, height } = await box();
    const width = host.page.viewportSize()!.width;
    for (const room of [300, 4]) {
      await host.page.setViewportSize({ width, height: Math.ceil(y + height) + room });
      await host.settle();
      const at = await box();
      await host.page.mouse.move(0, 0);
      await host.page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
      const shown = (await tooltip.boundingBox())!;
      if (room === 300) assert.ok(shown.y >= at.y + at.height, `below: ${shown.y}`);
      else assert.ok(shown.y + shown.height <= at.y && shown.y >= 0, `above: ${shown.y}`);
    }
  });

  it('says what is skipped, what has no such number, what is not there yet, and what is an estimate', async () => {
    const nothing = { energy: null, relativeEnergy: null, changedFraction: null, largest: null, roundingFloor: null };
    const name = 'model.layers.2.mlp.up_proj.weight';
    const skipped = { ...nothing, fromNorm: null, toNorm: null, skipped: 'F8_E4M3 is not compared' };
    const host = await open({ state: labUpdates({ rows: change(name, skipped) }) });
    await goTo(host, 'Heat map');
    assert.equal(await cell(host, 'in → rl, up_proj, layer 2: skipped, F8_E4M3 is not compared').textContent(), '×');
    await choose(host, 'Colour', 'Stable rank');
    assert.equal(await cell(host, 'in → rl, input_layernorm, layer 0: no stable rank').textContent(), '·');
    await host.update(labUpdates({ state: 'running', rows: labRows().slice(0, 150) }));
    assert.equal(await cell(host, 'in → rl, q_proj, layer 0: nothing yet').count(), 1);
    await host.update(labRunning(0));
    const estimate = cell(host, /^in → rl, q_proj, layer 0: stable rank about [\d.]+, an estimate$/);
    assert.equal(await estimate.textContent(), '~');
    await choose(host, 'Colour', 'Cosine with the last phase');
    await host.update(labUpdates());
    assert.equal(
      await cell(host, /^in → rl, .* −0\.\d+$/)
        .first()
        .textContent(),
      '−',
    );
    assert.ok(await host.page.getByRole('combobox', { name: 'Scale' }).isDisabled());
  });
});
