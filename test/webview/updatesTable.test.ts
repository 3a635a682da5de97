import assert from 'node:assert/strict';
import type { CompareRow } from '../../src/shared/compareResults';
import { tensorRows } from '../../webview/updates/tensorRows';
import { firstView } from '../../webview/updates/view';
import { tableRows } from './probePanels';
import { goTo, updatesPanels, type UpdatesHost } from './updatesPanels';
import { labFacts, labRows, labUpdates, largeSize } from './updatesRuns';

const sortButton = (host: UpdatesHost, title: string, phase: number) =>
  host.page.getByRole('columnheader', { name: title, exact: true }).nth(phase).getByRole('button');

const changed = (name: string, part: Partial<CompareRow>) =>
  labRows().map((row) => (row.from === 'base' && row.name === name ? { ...row, ...part } : row));

describe('the Updates page: the table', () => {
  const open = updatesPanels();

  it('has every tensor in both phases, in the order of the model, a page at a time', async () => {
    const host = await open({ state: labUpdates({}, largeSize) });
    await goTo(host, 'Table');
    await host.page.getByText('1 to 60 of 729 tensors').waitFor();
    assert.equal((await tableRows(host, 'Tensors')).length, 60);
    const next = host.page.getByRole('button', { name: 'Next tensors' });
    for (let i = 0; i < 12; i++) await next.click();
    await host.page.getByText('721 to 729 of 729 tensors').waitFor();
    assert.equal((await tableRows(host, 'Tensors')).at(-1)![0], 'lm_head.weight');
    assert.ok(await next.isDisabled());
  });

  it('is sorted by any column: the largest first, then the smallest, then as it was', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Table');
    const names = async () => (await tableRows(host, 'Tensors')).map(([name]) => name);
    const before = await names();
    const button = sortButton(host, '‖ΔW‖', 1);
    await button.focus();
    await host.page.keyboard.press('Enter');
    await host.settle();
    const rl = labRows().filter(({ to }) => to === 'rl');
    const sorted = [...rl].sort((a, b) => b.energy! - a.energy!).map(({ name }) => name);
    assert.deepEqual(await names(), sorted.slice(0, 60));
    const header = host.page.getByRole('columnheader', { name: '‖ΔW‖', exact: true }).nth(1);
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    assert.equal(await host.page.evaluate(() => document.activeElement?.id), 'sort-1-energy');
    await host.page.keyboard.press('Enter');
    await host.settle();
    assert.equal((await names())[0], sorted.at(-1));
    await host.page.keyboard.press('Enter');
    await host.settle();
    assert.deepEqual(await names(), before);
  });

  it('puts what has no number last, whichever way it is sorted', () => {
    const state = labUpdates();
    for (const descending of [true, false]) {
      const rows = tensorRows(state, { ...firstView, sort: { column: 'stable', phase: 1, descending } });
      const known = rows.map(({ cells }) => cells[1]!.tensor!.stableRank !== undefined);
      assert.equal(known.indexOf(false), known.lastIndexOf(true) + 1);
    }
  });

  it('is filtered by the words of a name', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Table');
    await host.page.getByRole('searchbox', { name: 'Filter by name' }).fill('Layers.1 q_proj weight');
    await host.page.getByText('3 tensors', { exact: true }).waitFor();
    const names = (await tableRows(host, 'Tensors')).map(([name]) => name);
    assert.deepEqual(
      names,
      [1, 10, 11].map((layer) => `model.layers.${layer}.self_attn.q_proj.weight`),
    );
    await host.page.reload();
    await host.page.getByText('3 tensors', { exact: true }).waitFor();
  });

  it('lays phases side by side also where their checkpoints spell names differently', () => {
    const rows = labRows().map((row) =>
      row.to === 'rl' ? { ...row, name: row.name.replace(/^visual\./, 'model.visual.') } : row,
    );
    const all = tensorRows(labUpdates({ rows }), firstView);
    assert.equal(all.length, labRows().length / 2);
    assert.ok(all.every(({ cells }) => cells.every(({ tensor }) => tensor !== undefined)));
  });

  it('says what is skipped and why, what is not finite, and what was compared', async () => {
    const name = 'lm_head.weight';
    const none = { energy: null, relativeEnergy: null, changedFraction: null, largest: null, roundingFloor: null };
    const skipped = { ...none, fromNorm: null, toNorm: null, skipped: 'F8_E4M3 is not compared' };
    const host = await open({ state: labUpdates({ rows: changed(name, skipped) }) });
    await goTo(host, 'Table');
    const row = async () => (await tableRows(host, 'Tensors')).find(([first]) => first === name)!;
    await host.page.getByRole('searchbox', { name: 'Filter by name' }).fill(name);
    await host.settle();
    assert.equal((await row())[1], 'Skipped: F8_E4M3 is not compared');
    const flawed = { notFinite: { nan: 3, infinite: 1 }, fromShape: [60, 128], comparedShape: [60, 128] };
    await host.update(labUpdates({ rows: changed(name, flawed) }));
    assert.match((await row())[1]!, /^3 NaN, 1 infinite, left out/);
    await host.update(labUpdates({ rows: changed(name, flawed).filter(({ to }) => to === 'in') }));
    assert.equal((await row()).at(-1), 'BF16 64 × 128, before 60 × 128, compared 60 × 128');
  });

  it('leads to tensors, also to those that only one checkpoint has', async () => {
    const facts = labFacts(undefined, {
      phases: [
        { from: 'base', to: 'in', onlyFrom: ['old.weight'], onlyTo: ['new.weight', 'newer.weight'] },
        { from: 'in', to: 'rl', onlyFrom: [], onlyTo: [] },
      ],
    });
    const host = await open({ state: labUpdates({ facts }) });
    await goTo(host, 'Table');
    await host.page.getByRole('button', { name: 'visual.patch_embed.proj.weight' }).click();
    assert.deepEqual(await host.called('reveal'), { phase: 1, side: 'to', name: 'visual.patch_embed.proj.weight' });
    await host.page.getByText('base → in: 1 only in base').click();
    await host.page.getByRole('button', { name: 'old.weight' }).click();
    assert.deepEqual(await host.called('reveal', 2), { phase: 0, side: 'from', name: 'old.weight' });
    await host.page.getByText('base → in: 2 only in in').click();
    await host.page.getByRole('button', { name: 'newer.weight' }).click();
    assert.deepEqual(await host.called('reveal', 3), { phase: 0, side: 'to', name: 'newer.weight' });
    // Of checkpoints without anything in common they are all there is.
    await host.update(labUpdates({ facts, rows: [] }));
    await host.page.getByText('base → in: 1 only in base').waitFor();
  });

  it('shows a frozen tensor as exactly zero', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Table');
    const [first] = await tableRows(host, 'Tensors');
    assert.deepEqual(
      [1, 2, 3, 4, 6, 7].map((column) => first![column]),
      ['0', '0', '0', '0', '0', '0'],
    );
  });
});
