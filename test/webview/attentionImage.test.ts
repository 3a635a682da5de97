import assert from 'node:assert/strict';
import { attentionPanels, choose, goTo, type AttentionHost } from './attentionPanels';
import { labAttention, labItem, labRunning, labShape } from './attentionRuns';
import { themes } from './themes';

const state = labAttention();

function cell({ page }: AttentionHost, checkpoint: string, layer: number) {
  return page.getByRole('gridcell', { name: new RegExp(`^${checkpoint}, layer ${layer}:`) });
}

function large({ page }: AttentionHost) {
  return page.getByRole('application');
}

/** Opacities of a map's tokens as its canvas has them, and the colour of the strongest. */
function painted(host: AttentionHost, checkpoint: string, layer: number) {
  return cell(host, checkpoint, layer)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const opacities = Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3]! / 255);
      const strongest = opacities.indexOf(Math.max(...opacities));
      return {
        opacities,
        colour: [...data.slice(4 * strongest, 4 * strongest + 3)],
        size: [canvas.width, canvas.height],
      };
    });
}

describe('the Image tab of the Attention page', () => {
  const open = attentionPanels();

  it('asks for one item, and goes from item to item', async () => {
    const host = await open({ state });
    await goTo(host, 'Image');
    assert.deepEqual(host.params('item'), [{ id: 'vis_00000' }]);
    const [back, forth] = ['Previous item', 'Next item'].map((name) => host.page.getByRole('button', { name }));
    assert.ok(await back!.isDisabled());
    await host.page.getByRole('img', { name: 'Image of vis_00000' }).waitFor();
    await forth!.focus();
    await host.page.keyboard.press('Enter');
    assert.deepEqual(await host.called('item', 2), { id: 'vis_00001' });
    await host.page.getByText('The file is gone').waitFor();
    await host.page.getByText('2 of 50').waitFor();
    await choose(host, 'Item', 'vis_00049');
    assert.deepEqual(await host.called('item', 3), { id: 'vis_00049' });
    await host.page.getByRole('grid', { name: /image of vis_00049/ }).waitFor();
    assert.ok(await forth!.isDisabled());
  });

  it('paints each map by its bytes, on its own scale or on one for all', async () => {
    const host = await open({ state });
    await goTo(host, 'Image');
    const { rows } = labItem(state, 'vis_00000');
    const row = rows.find(({ checkpoint, layer }) => checkpoint === 'rl' && layer === 3)!;
    const bytes = Buffer.from(row.patches, 'base64');
    const own = await painted(host, 'rl', 3);
    assert.deepEqual(own.size, [8, 8]);
    const near = (a: readonly number[], b: readonly number[]) => a.every((value, i) => Math.abs(value - b[i]!) < 0.005);
    assert.ok(
      near(
        own.opacities,
        [...bytes].map((byte) => (0.92 * byte) / 255),
      ),
    );
    const red = themes.dark.variables['charts-red']!;
    const expected = [1, 3, 5].map((at) => parseInt(red.slice(at, at + 2), 16));
    assert.ok(own.colour.every((channel, i) => Math.abs(channel - expected[i]!) <= 1));
    await choose(host, 'Colours', 'Same for all maps');
    const most = Math.max(...rows.map(({ largest }) => largest));
    assert.ok(most > 1.2 * row.largest);
    const common = await painted(host, 'rl', 3);
    assert.ok(
      near(
        common.opacities,
        [...bytes].map((byte) => (0.92 * byte * row.largest) / 255 / most),
      ),
    );
    await host.page.getByRole('checkbox', { name: 'Square root' }).click();
    await host.settle();
    const root = await painted(host, 'rl', 3);
    const roots = [...bytes].map((byte) => 0.92 * Math.sqrt((byte * row.largest) / 255 / most));
    assert.ok(near(root.opacities, roots));
    await host.page.getByRole('checkbox', { name: 'Image below' }).click();
    await host.settle();
    assert.equal(await host.page.locator('.map-picture img').count(), 0);
  });

  it('is a grid for the keyboard, and shows the map that is chosen large', async () => {
    const host = await open({ state });
    await goTo(host, 'Image');
    assert.equal(await host.page.getByRole('gridcell').count(), 24);
    assert.equal(await host.page.locator('[role=gridcell][tabindex="0"]').count(), 1);
    await cell(host, 'in', 0).focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await host.page.keyboard.press(key);
    assert.match((await host.page.locator(':focus').getAttribute('aria-label'))!, /^rl, layer 2: /);
    await host.page.locator('.maps-box > .tooltip').getByText('rl, layer 2').waitFor();
    await host.page.keyboard.press('Enter');
    await host.settle();
    assert.match((await host.page.locator(':focus').getAttribute('aria-label'))!, /^rl, layer 2: /);
    assert.equal(await cell(host, 'rl', 2).getAttribute('aria-selected'), 'true');
    const row = labItem(state, 'vis_00000').rows.find(({ checkpoint, layer }) => checkpoint === 'rl' && layer === 2)!;
    assert.equal(await host.page.getByRole('heading', { name: 'rl, layer 2' }).count(), 1);
    const numbers = (await host.page.locator('.numbers').textContent())!;
    assert.ok(numbers.includes(`Mass on the image${(100 * row.mass).toFixed(1)} %`), numbers);
    assert.ok(numbers.includes(`Sink (first token)${(100 * row.sink).toFixed(1)} %`), numbers);
    await cell(host, 'in', 9).click();
    await host.page.getByRole('heading', { name: 'in, layer 9' }).waitFor();
  });

  it('tells the attention of single image tokens to the pointer and to the keyboard', async () => {
    const host = await open({ state });
    await goTo(host, 'Image');
    const name = (await large(host).getAttribute('aria-label'))!;
    const [, row, column] = /at row (\d) of 8, column (\d) of 8/.exec(name)!;
    const tooltip = host.page.locator('.large .tooltip');
    await large(host).focus();
    await host.page.keyboard.press('ArrowDown');
    await tooltip.getByText(`Row ${row}, column ${column}`).waitFor();
    const said = await host.page.locator('[aria-live]', { hasText: `Row ${row}, column ${column}` }).textContent();
    assert.match(said!, /, [\d.]+ % of attention, [\d.]+ times an image token’s mean$/);
    await host.page.keyboard.press('ArrowRight');
    await tooltip.getByText(`Row ${row}, column ${Number(column) + 1}`).waitFor();
    const box = (await large(host).boundingBox())!;
    await host.page.mouse.move(box.x + box.width - 3, box.y + 3);
    await tooltip.getByText('Row 1, column 8').waitFor();
    await host.page.mouse.move(5, 5);
    await tooltip.waitFor({ state: 'hidden' });
  });

  it('comes from a layer of the plots', async () => {
    const host = await open({ state });
    await host.page.getByRole('slider', { name: 'Attention on the image by layer', exact: true }).focus();
    for (const key of ['Home', 'ArrowRight', 'Enter']) await host.page.keyboard.press(key);
    await host.page.getByRole('heading', { name: 'rl, layer 1', exact: true }).waitFor();
  });

  it('asks again for an item that is not read everywhere, and for one of a run that began anew', async () => {
    const running = labRunning(1);
    let whole = false;
    const host = await open({
      state: running,
      handlers: {
        item: ({ id }) => {
          const item = labItem(running, id);
          return whole ? item : { ...item, rows: item.rows.slice(0, 12) };
        },
      },
    });
    await goTo(host, 'Image');
    assert.match((await cell(host, 'rl', 4).textContent())!, /not read/);
    whole = true;
    await host.update(labRunning(2));
    await host.called('item', 2);
    await cell(host, 'rl', 4).getByText('sink').waitFor();
    await host.update(labRunning(3));
    await host.settle();
    assert.equal(host.params('item').length, 2);
    await host.update(labRunning(1));
    await host.called('item', 3);
  });

  it('shows the numbers of a row whose map is none', async () => {
    const host = await open({
      state,
      handlers: {
        item: ({ id }) => {
          const item = labItem(state, id);
          const broken = ['', '%%%', 'AAAA', 'AAAA'] as const;
          return { ...item, rows: item.rows.map((row, i) => (i < 4 ? { ...row, patches: broken[i]! } : row)) };
        },
      },
    });
    await goTo(host, 'Image');
    for (let layer = 0; layer < 4; layer++) {
      assert.match((await cell(host, 'in', layer).getAttribute('aria-label'))!, /; its map cannot be read$/);
      assert.equal(await cell(host, 'in', layer).locator('canvas').count(), 0);
    }
    await cell(host, 'in', 1).click();
    await host.page.getByRole('heading', { name: 'in, layer 1', exact: true }).waitFor();
    await large(host).focus();
    await host.page.keyboard.press('ArrowDown');
  });

  it('leaves out checkpoints that are hidden', async () => {
    const host = await open({ state: labAttention({}, { ...labShape, checkpoints: ['base', 'in', 'rl'] }) });
    await goTo(host, 'Image');
    await host.page.getByRole('checkbox', { name: 'base' }).click();
    await host.settle();
    assert.deepEqual(await host.page.getByRole('rowheader').allTextContents(), ['in', 'rl']);
  });
});
