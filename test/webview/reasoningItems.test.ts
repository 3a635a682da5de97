import assert from 'node:assert/strict';
import type { ReasoningHostSurface } from '../../src/shared/protocol/reasoning';
import { choose, chooseLayer, figureOf, reasoningPanels } from './reasoningPanels';
import { labFacts, labItems, labReasoning, labRunning, visionFacts } from './reasoningRuns';

type Query = ReasoningHostSurface['items']['params'];

describe('the Reasoning page: the items behind a layer', () => {
  const open = reasoningPanels();

  it('lists those lost at a layer that is clicked, beside their baselines', async () => {
    const state = labReasoning();
    const host = await open({ state });
    await host.page.getByText('Choose a layer: click the figure').waitFor();
    const box = (await figureOf(host, 'Accuracy').boundingBox())!;
    // The area of 12 layers lies between 58 pixels of labels and 14 of nothing.
    await host.page.mouse.click(box.x + 58 + ((box.width - 72) * 3.5) / 12, box.y + 100);
    const query: Query = { part: 'languageModel', layer: 3, only: 'lost', from: 0, to: 20 };
    assert.deepEqual(await host.called('items'), query);
    await host.page.getByRole('heading', { name: 'Items with layer 3 made identity' }).waitFor();
    const { items, total } = labItems(state, query);
    await host.page.getByText(`Listed: 1 to 20 of ${total} lost.`).waitFor();
    const shown = host.page.getByRole('list', { name: 'Items' }).getByRole('listitem');
    assert.equal(await shown.count(), 20);
    const text = (await shown.first().innerText()).replace(/\s+/g, ' ');
    const [{ id, question, gold, baseline, ablated }] = items as [(typeof items)[number]];
    for (const part of [id, 'lost', question, `Right answer: ${gold}`, baseline.text, ablated.text]) {
      assert.ok(text.includes(part!), `${part} in ${text}`);
    }
    assert.match(
      text,
      /Baseline right .* Log-likelihood −[\d.]+ Layer 3 identity wrong .* Log-likelihood −[\d.]+ \(−[\d.]+\)$/,
    );
  });

  it('is a matter of the keyboard too, and stays in the figure', async () => {
    const host = await open({ state: labReasoning() });
    await chooseLayer(host, 'Change in log-likelihood', 5);
    assert.deepEqual((await host.called('items')) as Query, {
      part: 'languageModel',
      layer: 5,
      only: 'lost',
      from: 0,
      to: 20,
    });
    assert.equal(await host.page.evaluate(() => document.activeElement?.getAttribute('role')), 'slider');
    assert.equal(await figureOf(host, 'Accuracy').locator('path.selected').count(), 1);
  });

  it('filters, turns pages and goes from layer to layer', async () => {
    const host = await open({ state: labReasoning() });
    await chooseLayer(host, 'Accuracy', 0);
    await host.called('items');
    assert.ok(await host.page.getByRole('button', { name: 'Previous layer' }).isDisabled());
    await choose(host, 'Which items', 'All items');
    const last = async (count: number) => {
      const { layer, only, from } = (await host.called('items', count)) as Query;
      return [layer, only, from];
    };
    assert.deepEqual(await last(2), [0, 'all', 0]);
    await host.page.getByText('Listed: 1 to 20 of 100.').waitFor();
    await host.page.getByRole('button', { name: 'Next items' }).click();
    assert.deepEqual(await last(3), [0, 'all', 20]);
    await host.page.getByText('Listed: 21 to 40 of 100.').waitFor();
    await host.page.getByRole('button', { name: 'Next layer' }).click();
    assert.deepEqual(await last(4), [1, 'all', 0]);
    await choose(host, 'Which items', 'Gained: wrong before, right now');
    assert.deepEqual(await last(5), [1, 'gained', 0]);
    await choose(host, 'Layer', 'Layer 11');
    assert.deepEqual(await last(6), [11, 'gained', 0]);
    assert.ok(await host.page.getByRole('button', { name: 'Next layer' }).isDisabled());
  });

  it('says when none is lost', async () => {
    const host = await open({ state: labReasoning() });
    await chooseLayer(host, 'Accuracy', 11);
    await host.page.getByText('None is lost.').waitFor();
    assert.equal(await host.page.getByRole('button', { name: 'Next items' }).count(), 0);
  });

  it('goes from part to part', async () => {
    const host = await open({ state: labReasoning({ facts: visionFacts() }) });
    await chooseLayer(host, 'Accuracy', 3, 'vision tower');
    await host.page.getByRole('heading', { name: 'Items with vision layer 3 made identity' }).waitFor();
    await choose(host, 'Part', 'Language model');
    const { part, layer } = (await host.called('items', 2)) as Query;
    assert.deepEqual([part, layer], ['languageModel', 3]);
  });

  it('lists all items with their likelihoods where nothing else is measured', async () => {
    const host = await open({ state: labReasoning({ facts: labFacts({ scoring: 'likelihood' }) }) });
    await chooseLayer(host, 'Change in log-likelihood', 2);
    const { only } = (await host.called('items')) as Query;
    assert.equal(only, 'all');
    await host.page
      .getByText(/^The log-likelihood changes by −\d\.\d\d nats on average\. Listed: 1 to 20 of 100\.$/)
      .waitFor();
    assert.equal(await host.page.getByRole('combobox', { name: 'Which items' }).count(), 0);
    assert.equal(await host.page.locator('.verdict, .item .badge').count(), 0);
  });

  it('keeps answers where the data set is gone, and says why there is no question', async () => {
    const state = labReasoning();
    const host = await open({
      state,
      handlers: {
        items: (query) => {
          const { items, total } = labItems(state, query);
          return { items: items.map((item) => ({ ...item, question: null, gold: null, image: null })), total };
        },
      },
    });
    await chooseLayer(host, 'Accuracy', 0);
    await host.page.getByText('Questions and right answers cannot be shown').waitFor();
    assert.ok((await host.page.locator('.answer').count()) > 20);
  });

  it('shows that an image is gone', async () => {
    const state = labReasoning();
    const host = await open({
      state,
      handlers: {
        items: (query) => {
          const { items, total } = labItems(state, query);
          return { items: items.map((item) => ({ ...item, image: 'data:image/png;base64,AA' })), total };
        },
      },
    });
    await chooseLayer(host, 'Accuracy', 0);
    await host.page.getByText('The file is gone').first().waitFor();
  });

  it('asks again when the run has grown, and not before', async () => {
    const host = await open({ state: labRunning(10) });
    await chooseLayer(host, 'Accuracy', 0);
    await host.called('items');
    await host.update(labRunning(10));
    assert.equal(host.params('items').length, 1);
    await host.update(labRunning(20));
    await host.called('items', 2);
  });

  it('forgets a layer that the run does not have', async () => {
    const host = await open({ state: labReasoning({ facts: visionFacts() }) });
    await chooseLayer(host, 'Accuracy', 3, 'vision tower');
    await host.called('items');
    await host.update(labReasoning());
    await host.page.getByRole('heading', { name: 'Items at a layer' }).waitFor();
    assert.equal(host.params('items').length, 1);
  });
});
