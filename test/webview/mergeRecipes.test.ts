import assert from 'node:assert/strict';
import type { ArithmeticColumn } from '../../src/shared/protocol/merge';
import { donorLetters } from '../../webview/merge/donorLooks';
import { cellOf, lettersOf, mergePanels, refusalOf } from './mergePanels';
import { column, cost, labMerge } from './mergeStates';

describe('the merge wizard: recipes', () => {
  const open = mergePanels();

  it('makes the paper’s six hybrids at one stroke', async () => {
    const host = await open({ state: labMerge({ hybrids: [] }) });
    await host.page.getByRole('button', { name: 'The Paper’s Six' }).click();
    await host.called('add');
    await host.settle();
    const names = await host.page.locator('.head-name').allTextContents();
    assert.deepEqual(names, ['IN:RL:RL', 'IN:IN:RL', 'IN:RL:IN', 'RL:IN:IN', 'RL:RL:IN', 'RL:IN:RL']);
    assert.equal(await lettersOf(host, 'IN:RL:IN'), 'IIIIRRRRIIII');
    assert.equal(await lettersOf(host, 'RL:RL:IN'), 'RRRRRRRRIIII');
  });

  it('applies presets to the chosen hybrid', async () => {
    const host = await open({ state: labMerge() });
    await cellOf(host, 'RL:IN:RL', 'layer 0').focus();
    await host.page.getByRole('combobox', { name: 'Preset', exact: true }).click();
    await host.page.getByRole('option', { name: 'Alternate in, rl' }).click();
    await host.page.getByRole('button', { name: 'Apply the preset' }).click();
    await host.called('preset');
    await host.settle();
    assert.equal(await lettersOf(host, 'RL:IN:RL'), 'IRIRIRIRIRIR');
    assert.equal(await lettersOf(host, 'IN:RL:RL'), 'IIIIRRRRRRRR');
  });

  it('exchanges the donors of the presets', async () => {
    const host = await open({ state: labMerge({ hybrids: [] }) });
    await host.page.getByRole('combobox', { name: 'First donor of presets' }).click();
    await host.page.getByRole('option', { name: 'rl', exact: true }).click();
    await host.page.getByRole('button', { name: 'New Hybrid' }).click();
    assert.deepEqual(await host.called('add'), { hybrids: [{ name: 'hybrid', donors: ['rl', 'rl', 'rl'] }] });
  });

  it('renames, duplicates, copies and deletes', async () => {
    const host = await open({ state: labMerge() });
    const press = (name: string) => host.page.getByRole('button', { name, exact: true }).click();
    await press('Rename');
    await host.page.getByRole('textbox', { name: 'Name of the hybrid' }).fill('transplant');
    await host.page.keyboard.press('Enter');
    assert.deepEqual(await host.called('rename'), { hybrid: 'IN:RL:RL', name: 'transplant' });
    await host.page.getByRole('heading', { name: 'transplant' }).waitFor();
    await press('Duplicate');
    assert.deepEqual(await host.called('duplicate'), { hybrid: 'transplant' });
    await host.page.getByRole('heading', { name: 'transplant-copy' }).waitFor();
    await press('Copy as YAML');
    assert.deepEqual(await host.called('copy'), { hybrid: 'transplant-copy', format: 'yaml' });
    await press('Show in the File');
    assert.deepEqual(await host.called('openFile'), { hybrid: 'transplant-copy' });
    await press('Delete');
    assert.deepEqual(await host.called('remove'), { hybrid: 'transplant-copy' });
    await host.settle();
    assert.equal(await host.page.locator('.head-name').count(), 2);
  });

  it('shows problems on the column and in words, and refuses to run what has errors', async () => {
    const problems = [{ severity: 'error' as const, message: 'hybrid "IN:RL:RL": missing: model.norm.weight of rl' }];
    const broken = column('IN:RL:RL', ['in', 'rl', 'rl'], undefined, { problems, hash: null, cost: null });
    const host = await open({ state: labMerge({ hybrids: [broken] }) });
    await host.page.getByRole('columnheader', { name: 'IN:RL:RL, has problems' }).waitFor();
    await host.page.getByText('missing: model.norm.weight of rl').waitFor();
    await host.page.getByRole('textbox', { name: 'Prompt' }).fill('Hello');
    await host.settle();
    for (const name of ['Try', 'Write']) {
      assert.equal(await refusalOf(host, name), 'This hybrid is not complete: see its problems.');
    }
  });

  it('shows what is computed, and paints it not', async () => {
    const soup: ArithmeticColumn = {
      kind: 'arithmetic',
      name: 'soup',
      used: ['base', 'in', 'rl'],
      title: 'ties',
      models: [
        { name: 'in', settings: 'weight 0.5' },
        { name: 'rl', settings: 'weight 0.5' },
      ],
      settings: 'base base, density 0.3',
      problems: [],
      hash: 'abc',
      cost,
      suggestedOutput: './soup',
      writings: [],
    };
    const host = await open({ state: labMerge({ hybrids: [soup] }) });
    const cell = cellOf(host, 'soup', 'layer 3');
    assert.equal(await cell.getAttribute('aria-label'), 'layer 3: computed by ties');
    await host.page.getByText('base base, density 0.3').waitFor();
    await cell.click();
    await host.settle();
    assert.deepEqual(host.params('paint'), []);
  });

  it('looks only, where the file has an error', async () => {
    const host = await open({ state: labMerge({ problem: 'line 3: what is that?' }) });
    await host.page.getByText('line 3: what is that?').waitFor();
    for (const name of ['New Hybrid', 'The Paper’s Six', 'Apply the preset']) {
      assert.equal(await refusalOf(host, name), 'The file has an error. Mend it first.');
    }
    assert.equal(await lettersOf(host, 'IN:RL:RL'), 'IIIIRRRRRRRR');
  });

  it('never runs what a file says', async () => {
    const hostile = '<img src=x onerror=alert(1)>"&';
    const donors = [{ name: hostile, role: null, problem: hostile }];
    const hybrids = [column(hostile, [hostile, hostile, hostile])];
    const host = await open({ state: labMerge({ donors, hybrids, experiment: hostile }) });
    assert.equal(await host.page.locator('img[src="x"], body script:not([src])').count(), 0);
  });
});

describe('the letters of donors', () => {
  it('are the first of each name that is free', () => {
    assert.deepEqual(donorLetters(['base', 'in', 'rl']), ['B', 'I', 'R']);
    assert.deepEqual(donorLetters(['rl', 'rl-2', 'rl-3', 'r']), ['R', 'L', '3', 'A']);
    assert.deepEqual(donorLetters(['模型', '模']), ['模', 'A']);
    assert.equal(new Set(donorLetters(Array.from({ length: 30 }, () => 'x'))).size, 30);
  });
});
