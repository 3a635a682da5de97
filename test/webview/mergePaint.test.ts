import assert from 'node:assert/strict';
import type { MergeHostSurface } from '../../src/shared/protocol/merge';
import { InputError } from '../../src/shared/errors';
import { cellOf, lettersOf, mergePanels, type MergeHost } from './mergePanels';
import { labMerge } from './mergeStates';

type Painted = MergeHostSurface['paint']['params'];

/** Waits until the page has asked for so many edits, and drawn what came of them. */
async function edited(host: MergeHost, count = 1): Promise<void> {
  await host.called('paint', count);
  await host.settle();
}

const painted = (host: MergeHost) => host.params('paint') as Painted[];
const layers = (...numbers: number[]) => numbers.map((layer) => ({ part: 'languageModel', layer, component: null }));

describe('the merge wizard: painting', () => {
  const open = mergePanels();
  const takeDonor = (host: MergeHost, name: string) => host.page.getByRole('radio', { name }).click();

  it('shows each layer’s donor by a letter, and says it', async () => {
    const host = await open({ state: labMerge() });
    assert.equal(await lettersOf(host, 'IN:RL:RL'), 'IIIIRRRRRRRR');
    assert.equal(await lettersOf(host, 'RL:IN:RL'), 'RRRRIIIIRRRR');
    const cell = cellOf(host, 'IN:RL:RL', 'layer 5');
    assert.equal(await cell.getAttribute('aria-label'), 'layer 5: rl');
    assert.equal(await cellOf(host, 'IN:RL:RL', 'Skeleton').textContent(), 'I');
  });

  it('by a click, at once and in the file', async () => {
    const host = await open({ state: labMerge() });
    await takeDonor(host, 'base');
    await cellOf(host, 'IN:RL:RL', 'layer 5').click();
    await edited(host);
    assert.deepEqual(painted(host), [{ hybrid: 'IN:RL:RL', donor: 'base', places: layers(5) }]);
    assert.equal(await lettersOf(host, 'IN:RL:RL'), 'IIIIRBRRRRRR');
  });

  it('by a drag, in one edit, over the rows between too', async () => {
    const host = await open({ state: labMerge() });
    await takeDonor(host, 'base');
    const from = (await cellOf(host, 'RL:IN:RL', 'layer 2').boundingBox())!;
    const to = (await cellOf(host, 'RL:IN:RL', 'layer 5').boundingBox())!;
    const middle = ({ x, y, width, height }: typeof from) => [x + width / 2, y + height / 2] as const;
    await host.page.mouse.move(...middle(from));
    await host.page.mouse.down();
    await host.page.mouse.move(...middle(to));
    assert.equal(await host.page.locator('.cell.stroke').count(), 4, 'the head of the region between is left out');
    await host.page.mouse.up();
    await edited(host);
    assert.deepEqual(painted(host), [{ hybrid: 'RL:IN:RL', donor: 'base', places: layers(2, 3, 4, 5) }]);
    assert.equal(await lettersOf(host, 'RL:IN:RL'), 'RRBBBBIIRRRR');
  });

  it('by the keyboard: arrows, Shift, Space, and numbers for donors', async () => {
    const host = await open({ state: labMerge() });
    await cellOf(host, 'IN:RL:RL', 'layer 0').focus();
    const { keyboard } = host.page;
    for (const key of ['1', 'ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown', ' ']) await keyboard.press(key);
    await edited(host);
    await keyboard.press('ArrowRight');
    await keyboard.press('3');
    await keyboard.press('Enter');
    await edited(host, 2);
    assert.deepEqual(painted(host), [
      { hybrid: 'IN:RL:RL', donor: 'base', places: layers(1, 2, 3) },
      { hybrid: 'RL:IN:RL', donor: 'rl', places: layers(3) },
    ]);
    assert.equal(await lettersOf(host, 'IN:RL:RL'), 'IBBBRRRRRRRR');
  });

  it('lets go of what Shift reached on Escape', async () => {
    const host = await open({ state: labMerge() });
    await cellOf(host, 'IN:RL:RL', 'layer 0').focus();
    for (const key of ['Shift+ArrowDown', 'Escape', ' ']) await host.page.keyboard.press(key);
    await edited(host);
    assert.deepEqual(painted(host)[0]!.places, layers(1));
  });

  it('a whole region by its own cell', async () => {
    const host = await open({ state: labMerge() });
    await takeDonor(host, 'base');
    await cellOf(host, 'IN:RL:RL', 'Mid, layers 4–7').click();
    await edited(host);
    assert.deepEqual(painted(host)[0]!.places, layers(4, 5, 6, 7));
  });

  it('the whole vision tower, or what is inside once it is open', async () => {
    const host = await open({ state: labMerge() });
    await takeDonor(host, 'base');
    await host.page.getByRole('rowheader', { name: 'Vision tower' }).click();
    await cellOf(host, 'IN:RL:RL', 'vision layer 3').click();
    await edited(host);
    await cellOf(host, 'IN:RL:RL', 'Vision tower').click();
    await edited(host, 2);
    const [first, second] = painted(host);
    assert.deepEqual(first!.places, [{ part: 'vision', layer: 3, component: null }]);
    assert.deepEqual(second!.places.length, 5);
    assert.deepEqual(second!.places[0], { part: 'vision' });
  });

  it('attention alone, once a layer is open', async () => {
    const host = await open({ state: labMerge() });
    await cellOf(host, 'IN:RL:RL', 'layer 5').focus();
    const { keyboard } = host.page;
    for (const key of ['ArrowLeft', 'Enter']) await keyboard.press(key);
    await host.settle();
    for (const key of ['ArrowRight', 'ArrowDown', '1', ' ']) await keyboard.press(key);
    await edited(host);
    assert.deepEqual(painted(host)[0]!.places, [{ part: 'languageModel', layer: 5, component: 'attention' }]);
    const cell = cellOf(host, 'IN:RL:RL', 'layer 5, attention');
    assert.equal(await cell.getAttribute('aria-label'), 'layer 5, attention: base');
    assert.equal(await cellOf(host, 'IN:RL:RL', 'layer 5').first().textContent(), 'B R');
  });

  it('a tied head goes with the embeddings', async () => {
    const host = await open({ state: labMerge() });
    await cellOf(host, 'IN:RL:RL', 'Embeddings, head').click();
    await edited(host);
    assert.deepEqual(painted(host)[0]!.places, [{ part: 'embeddings' }, { part: 'head' }]);
    assert.equal(await cellOf(host, 'IN:RL:RL', 'Head').count(), 0);
  });

  it('takes back what the host refuses, and says why', async () => {
    const refuse = () => {
      throw new InputError('the file has an error, line 3: no', 'Mend it first.');
    };
    const host = await open({ state: labMerge(), handlers: { paint: refuse } });
    await takeDonor(host, 'base');
    await cellOf(host, 'IN:RL:RL', 'layer 5').click();
    await host.page.getByRole('alert').filter({ hasText: 'Mend it first.' }).waitFor();
    await host.settle();
    assert.equal(await lettersOf(host, 'IN:RL:RL'), 'IIIIRRRRRRRR');
  });

  it('follows the file', async () => {
    const host = await open({ state: labMerge() });
    const { hybrids } = labMerge();
    await host.update(labMerge({ hybrids: [{ ...hybrids[1]!, name: 'renamed' }] }));
    assert.equal(await lettersOf(host, 'renamed'), 'RRRRIIIIRRRR');
    assert.equal(await lettersOf(host, 'IN:RL:RL'), '');
  });

  it('keeps the focus in its cell when the file changes', async () => {
    const host = await open({ state: labMerge() });
    await cellOf(host, 'RL:IN:RL', 'layer 6').focus();
    const { hybrids } = labMerge();
    await host.update(labMerge({ hybrids: [hybrids[1]!, hybrids[0]!].reverse(), heat: [] }));
    const focused = await host.page.evaluate(() => document.activeElement?.getAttribute('title'));
    assert.equal(focused, 'RL:IN:RL, layer 6: in');
  });

  it('is a grid to a screen reader: rows with heads, levels, and named cells', async () => {
    const host = await open({ state: labMerge() });
    const { page } = host;
    assert.equal(await page.getByRole('treegrid', { name: 'Donors of the hybrids' }).count(), 1);
    assert.equal(await page.getByRole('columnheader').count(), 3);
    const rows = page.getByRole('treegrid').getByRole('row');
    const cells = await rows.evaluateAll((all) =>
      all.map((row) => row.querySelectorAll('[role=rowheader], [role=columnheader], [role=gridcell]').length),
    );
    assert.deepEqual([...new Set(cells)], [3], 'as many in each row as there are columns');
    assert.equal(Number(await page.getByRole('treegrid').getAttribute('aria-rowcount')), cells.length);
    const early = page.getByRole('row', { name: /^Early, layers 0–3/ });
    assert.deepEqual(
      [await early.getAttribute('aria-level'), await early.getAttribute('aria-expanded')],
      ['1', 'true'],
    );
    await early.getByRole('rowheader').click();
    await host.settle();
    assert.equal(await cellOf(host, 'IN:RL:RL', 'layer 3').count(), 0);
    assert.equal(await early.getAttribute('aria-expanded'), 'false');
  });

  it('has one stop of the Tab key', async () => {
    const host = await open({ state: labMerge() });
    assert.equal(await host.page.locator('.recipe [tabindex="0"]').count(), 1);
  });

  it('undo and redo are the editor’s', async () => {
    const host = await open({ state: labMerge() });
    await cellOf(host, 'IN:RL:RL', 'layer 5').focus();
    await host.page.keyboard.press('Control+z');
    await host.called('undo');
    await host.page.keyboard.press('Control+Shift+Z');
    await host.called('redo');
    await host.page.getByRole('button', { name: 'Undo' }).click();
    await host.called('undo', 2);
    await host.page.getByRole('textbox', { name: 'Prompt' }).press('Control+z');
    assert.equal(host.params('undo').length, 2, 'in a text the browser’s own');
  });

  it('says how far each layer moved', async () => {
    const host = await open({ state: labMerge() });
    const name = await host.page.locator('[role=rowheader]').filter({ hasText: /^7$/ }).getAttribute('aria-label');
    assert.equal(name, 'layer 7, moved 2.19 % in in → rl');
    assert.equal(await host.page.locator('.heat-bar').count(), 15);
  });
});
