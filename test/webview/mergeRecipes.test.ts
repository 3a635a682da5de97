import assert from 'node:assert/strict';
import type { ArithmeticRecipe } from '../../src/shared/protocol/merge';
import { donorLetters } from '../../webview/merge/donorLooks';
import { cellOf, lettersOf, mergePanels, refusalOf, type MergeHost } from './mergePanels';
import { adaptRecipe, parseSetting, settingText } from '../../webview/merge/recipeForm';
import { mergeMethods } from '../../src/core/merge/methods/methods';
import { methodInfo } from '../../src/host/panels/mergeArithmetic';
import { column, computed, labMerge } from './mergeStates';

const ties: ArithmeticRecipe = {
  method: 'ties',
  base: 'base',
  models: [
    { model: 'in', settings: { weight: 0.5, density: 0.3 } },
    { model: 'rl', settings: { weight: [0, 1] } },
  ],
  parameters: { lambda: 0.9 },
  seed: null,
};

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

  it('shows the hybrid that is asked for from outside', async () => {
    const host = await open({ state: labMerge({ asked: { hybrid: 'RL:IN:RL', count: 1 } }) });
    await host.page.getByRole('heading', { name: 'RL:IN:RL' }).waitFor();
    await cellOf(host, 'IN:RL:RL', 'layer 0').focus();
    await host.update(labMerge({ asked: { hybrid: 'RL:IN:RL', count: 1 } }));
    await host.page.getByRole('heading', { name: 'IN:RL:RL' }).waitFor();
    await host.update(labMerge({ asked: { hybrid: 'RL:IN:RL', count: 2 } }));
    await host.page.getByRole('heading', { name: 'RL:IN:RL' }).waitFor();
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
    const soup = computed('soup', ties);
    const host = await open({ state: labMerge({ hybrids: [soup] }) });
    const cell = cellOf(host, 'soup', 'layer 3');
    assert.equal(await cell.getAttribute('aria-label'), 'layer 3: computed by ties');
    await cell.click();
    await host.settle();
    assert.deepEqual(host.params('paint'), []);
  });

  describe('that are computed', () => {
    const lastCompute = (host: MergeHost) =>
      host.params('compute').at(-1) as { hybrid: string | null; recipe: ArithmeticRecipe };

    it('begin with a mean of two, and are changed in a form of the method’s own parameters', async () => {
      const host = await open({ state: labMerge() });
      const { page } = host;
      await page.getByRole('button', { name: 'New Computed' }).click();
      await host.called('compute');
      assert.deepEqual(lastCompute(host), {
        hybrid: null,
        recipe: {
          method: 'linear',
          base: null,
          models: ['in', 'rl'].map((model) => ({ model, settings: { weight: 0.5 } })),
          parameters: {},
          seed: null,
        },
      });
      await page.getByRole('textbox', { name: 'Weight of model 2' }).fill('0.2');
      await page.keyboard.press('Tab');
      await host.called('compute', 2);
      assert.deepEqual(lastCompute(host).recipe.models[1], { model: 'rl', settings: { weight: 0.2 } });
      assert.equal(lastCompute(host).hybrid, 'linear');
      await page.getByRole('button', { name: 'Add Model' }).click();
      await host.called('compute', 3);
      assert.deepEqual(lastCompute(host).recipe.models[2], { model: 'base', settings: { weight: 0.2 } });
      await page.getByRole('button', { name: 'Gradient of Weight of model 1' }).click();
      await host.called('compute', 4);
      assert.deepEqual(lastCompute(host).recipe.models[0]!.settings, { weight: [0.5, 0.5] });
      await page.locator('.curve').waitFor();
    });

    it('take another method: what it cannot take is left out', async () => {
      const host = await open({ state: labMerge({ hybrids: [computed('soup', ties)] }) });
      await host.page.getByRole('combobox', { name: 'Method' }).click();
      await host.page.getByRole('option', { name: 'SLERP', exact: true }).click();
      await host.called('compute');
      assert.deepEqual(lastCompute(host).recipe, {
        method: 'slerp',
        base: 'base',
        models: [{ model: 'in', settings: {} }],
        parameters: { t: 0.5 },
        seed: null,
      });
    });

    it('keep what a form cannot say', async () => {
      const filtered = { ...ties, parameters: { lambda: [{ filter: 'mlp', value: 0.2 }, { value: 1 }] } };
      const host = await open({ state: labMerge({ hybrids: [computed('soup', filtered)] }) });
      await host.page.getByText('By a part of the name: change it in the file').waitFor();
      await host.page.getByRole('textbox', { name: 'Weight of model 1' }).fill('1');
      await host.page.keyboard.press('Tab');
      await host.called('compute');
      assert.deepEqual(lastCompute(host).recipe.parameters, filtered.parameters);
    });

    it('refuse what is no number', async () => {
      const host = await open({ state: labMerge({ hybrids: [computed('soup', ties)] }) });
      const field = host.page.getByRole('textbox', { name: 'Weight of model 1' });
      await field.fill('half');
      await host.page.keyboard.press('Tab');
      await host.settle();
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      assert.deepEqual(host.params('compute'), []);
    });

    it('of every method there is begin complete', () => {
      for (const method of mergeMethods.map(methodInfo)) {
        const recipe = adaptRecipe(ties, method, ['base', 'in', 'rl']);
        const required = (specs: typeof method.perModel) =>
          specs.filter((spec) => spec.default === null).map(({ name }) => name);
        for (const name of required(method.parameters)) assert.ok(name in recipe.parameters, `${method.name} ${name}`);
        for (const { settings } of recipe.models) {
          for (const name of required(method.perModel)) assert.ok(name in settings, `${method.name} ${name}`);
        }
        assert.ok(recipe.models.length >= method.models.min && recipe.models.length <= (method.models.max ?? 99));
        assert.equal(recipe.base === null, method.base === 'none', method.name);
      }
    });

    it('have settings that are typed as they are shown', () => {
      const [spec] = methodInfo(mergeMethods.find(({ name }) => name === 'linear')!).perModel;
      for (const setting of [0.5, [0, 0.25, 1], -3])
        assert.deepEqual(parseSetting(settingText(setting)!, spec!), setting);
      assert.equal(parseSetting(' ', spec!), null);
      assert.equal(parseSetting('0.5 x', spec!), undefined);
      assert.equal(parseSetting('0.5', { ...spec!, kind: 'integer' }), undefined);
      assert.equal(settingText({ value: 1 }), null);
    });
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
