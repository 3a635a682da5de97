import assert from 'node:assert/strict';
import type { ProbeItems } from '../../src/shared/protocol/probe';
import type { FakeHost } from './fakeHost';
import { labItems, labRun, labState } from './labRuns';
import { chartOf, probePanels } from './probePanels';

const pairs = (host: FakeHost) => host.page.getByRole('list', { name: 'Pairs' }).getByRole('listitem');

/** Chooses in a dropdown as the keyboard does. */
async function choose(host: FakeHost, label: string, option: string): Promise<void> {
  const box = host.page.getByRole('combobox', { name: label, exact: true });
  await box.click();
  await box.getByRole('option', { name: option, exact: true }).click();
}

describe('the Probe page: pairs', () => {
  const open = probePanels();

  it('a click on a curve lists the pairs of the nearest layer with images and answers', async () => {
    const host = await open({ state: labState(['vision']) });
    await host.page.getByText('Choose a layer: click a curve').waitFor();
    const chart = chartOf(host, 'Counting');
    const { width, height } = (await chart.boundingBox())!;
    // The plot of 12 layers begins right of the axis labels: layer 2 lies near a fifth of the rest.
    await chart.click({ position: { x: 43 + ((width - 49) * 2.4) / 12, y: height / 2 } });
    const query = { run: 'vision', function: 'counting', layer: 2, only: 'all', from: 0, to: 20 } as const;
    assert.deepEqual(await host.called('items'), query);
    await host.page.getByRole('heading', { name: 'Pairs of Counting at layer 2' }).waitFor();
    await host.page
      .getByText('16 of 50 answers changed (32.0 % [20.8, 45.8]), 0 adopted. Listed: 1 to 20 of 50.')
      .waitFor();
    assert.equal(await pairs(host).count(), 20);
    const expected = labItems(query).items[3]!;
    const shown = pairs(host).nth(3);
    assert.equal(expected.changed, true);
    for (const text of [expected.id, 'changed', expected.prompt])
      await shown.getByText(text, { exact: true }).waitFor();
    assert.deepEqual(await shown.locator('dd').allTextContents(), [expected.original, expected.source, expected.text]);
    const images = shown.getByRole('img');
    assert.deepEqual(await images.evaluateAll((all) => all.map((image) => image.getAttribute('alt'))), [
      `Target image of ${expected.id}`,
      `Source image of ${expected.id}`,
    ]);
    await images.first().scrollIntoViewIfNeeded();
    await host.page.waitForFunction(() =>
      [...document.images].slice(6, 8).every(({ naturalWidth }) => naturalWidth === 112),
    );
  });

  it('the keyboard moves over layers and chooses one; focus stays in the chart', async () => {
    const host = await open({ state: labState(['vision']) });
    const chart = chartOf(host, 'OCR');
    await chart.focus();
    await chart.press('End');
    await chart.press('ArrowLeft');
    await chart.press('ArrowLeft');
    assert.equal(await chart.getAttribute('aria-valuenow'), '9');
    assert.equal(host.params('items').length, 0);
    await chart.press('Enter');
    assert.deepEqual(await host.called('items'), {
      run: 'vision',
      function: 'ocr',
      layer: 9,
      only: 'all',
      from: 0,
      to: 20,
    });
    assert.equal(await chart.evaluate((node) => node === document.activeElement), true);
    await chart.press('Home');
    await chart.press(' ');
    assert.deepEqual((await host.called('items', 2)) as object, {
      run: 'vision',
      function: 'ocr',
      layer: 0,
      only: 'all',
      from: 0,
      to: 20,
    });
  });

  it('filters, turns pages, steps through layers, and changes function and run', async () => {
    const host = await open({ state: labState(['vision', 'vision-in']) });
    const chart = chartOf(host, 'Counting');
    await chart.focus();
    await chart.press('Enter');
    await host.called('items');
    const last = async (count: number) => (await host.called('items', count)) as Record<string, unknown>;
    await host.page.getByRole('button', { name: 'Next pairs' }).click();
    assert.deepEqual([(await last(2))['from'], (await last(2))['to']], [20, 40]);
    await pairs(host).getByText('counting_000020', { exact: true }).waitFor();
    await host.page.getByRole('button', { name: 'Next layer' }).click();
    assert.deepEqual(await last(3), { run: 'vision', function: 'counting', layer: 1, only: 'all', from: 0, to: 20 });
    await choose(host, 'Which pairs', 'Adopted');
    assert.equal((await last(4))['only'], 'adopted');
    await host.page
      .getByText('30 of 50 answers changed (60.0 % [46.2, 72.4]), 2 adopted. Listed: 1 to 2 of 2.')
      .waitFor();
    assert.equal(await pairs(host).count(), 2);
    assert.equal(await host.page.getByRole('button', { name: 'Next pairs' }).isVisible(), false);
    await choose(host, 'Run', 'in');
    assert.equal((await last(5))['run'], 'vision-in');
    await host.page.getByText('18 of 50 answers changed (36.0 % [24.1, 49.9]), 0 adopted. None is listed.').waitFor();
    await choose(host, 'Which pairs', 'Changed');
    await choose(host, 'Function', 'Grounding');
    await choose(host, 'Layer', 'Layer 8');
    await host.page.getByRole('heading', { name: 'Pairs of Grounding at layer 8' }).waitFor();
    assert.deepEqual(host.params('items').at(-1), {
      run: 'vision-in',
      function: 'grounding',
      layer: 8,
      only: 'changed',
      from: 0,
      to: 20,
    });
    await host.page.getByText('Listed: 1 to 20 of 27.').waitFor();
  });

  it('asks again when the listed run has grown, and shows the newest answer only', async () => {
    let release: (() => void) | undefined;
    const slow: ProbeItems = {
      total: 1,
      items: [
        {
          ...labItems({ run: 'vision', function: 'ocr', layer: 0, only: 'all', from: 0, to: 1 }).items[0]!,
          id: 'late',
        },
      ],
    };
    let calls = 0;
    const host = await open({
      state: labState(['vision'], { runs: [labRun('vision', 3)] }),
      handlers: {
        items: async (query) => {
          if (++calls > 1) return labItems(query);
          await new Promise<void>((resolve) => (release = resolve));
          return slow;
        },
      },
    });
    await chartOf(host, 'OCR').press('Enter');
    await host.called('items');
    await host.update(labState(['vision'], { runs: [labRun('vision', 4)] }));
    await host.called('items', 2);
    await pairs(host).first().waitFor();
    release!();
    await host.settle();
    assert.equal(await pairs(host).getByText('late', { exact: true }).count(), 0);
    await host.update(labState(['vision'], { runs: [{ ...labRun('vision', 4), secondsLeft: 12 }] }));
    assert.equal(host.params('items').length, 2, 'nothing new to list');
  });

  it('shows whatever names and answers say as text, and says which image is gone', async () => {
    const hostile = '<img src=x onerror="document.title=1"><script>1</script>';
    const [run] = labState(['vision']).runs;
    const curves = run!.curves.map((curve, i) => (i === 0 ? { ...curve, function: hostile } : curve));
    const state = labState(['vision'], {
      experiment: hostile,
      runs: [{ ...run!, id: hostile, checkpoint: hostile, message: hostile, device: hostile, curves }],
      others: [{ id: hostile + 2, checkpoint: hostile, mode: 'suffix' }],
    });
    const item = {
      id: hostile,
      prompt: hostile,
      original: hostile,
      source: '',
      text: hostile,
      changed: true,
      adopted: true,
    };
    const host = await open({
      state,
      handlers: {
        items: () => ({ total: 1, items: [{ ...item, targetImage: null, sourceImage: 'data:image/png;base64,AAAA' }] }),
      },
    });
    await chartOf(host, hostile).press('Enter');
    await pairs(host).first().waitFor();
    await host.page.getByText('The file is gone').nth(1).waitFor();
    assert.deepEqual(await pairs(host).locator('dd').allTextContents(), [hostile, '(empty)', hostile]);
    assert.equal(await host.page.getByRole('heading', { level: 1 }).textContent(), hostile);
    await host.page.getByRole('tab', { name: 'Table' }).click();
    await host.settle();
    assert.equal(await host.page.locator('img[src=x], body script:not([src]), [onerror]').count(), 0);
    assert.equal(await host.page.title(), hostile);
  });

  it('says why pairs cannot be listed, and lists others afterwards', async () => {
    let fail = true;
    const host = await open({
      state: labState(['vision']),
      handlers: {
        items: (query) => {
          if (fail) throw new Error('rows.jsonl could not be read');
          return labItems(query);
        },
      },
    });
    await chartOf(host, 'OCR').press('Enter');
    await host.page.getByRole('alert').getByText('rows.jsonl could not be read').waitFor();
    fail = false;
    await host.page.getByRole('button', { name: 'Next layer' }).click();
    await pairs(host).first().waitFor();
    await host.page.getByRole('button', { name: 'Dismiss' }).click();
    assert.equal(await host.page.getByRole('alert').textContent(), '');
  });
});
