import assert from 'node:assert/strict';
import type { PageExport } from '../../src/shared/protocol/run';
import { attentionCsv } from '../../webview/attention/csv';
import { attentionPanels, choose, goTo, type AttentionHost } from './attentionPanels';
import { labAttention, labFacts, labItem, labRows, labShape, notRun } from './attentionRuns';

const three = { ...labShape, checkpoints: ['base', 'in', 'rl'] };

async function exported(host: AttentionHost, format: PageExport['format']): Promise<string> {
  const count = host.params('save').length + 1;
  await host.page.getByRole('button', { name: `Export ${format.toUpperCase()}` }).click();
  const saved = (await host.called('save', count)) as PageExport;
  assert.equal(saved.format, format);
  return saved.content;
}

/** What a browser makes of an SVG: how many of each thing, its texts, and whatever lies outside of it. */
function facts(host: AttentionHost, svg: string) {
  return host.page.evaluate((content) => {
    const document = new DOMParser().parseFromString(content, 'image/svg+xml');
    const count = (selector: string) => document.querySelectorAll(selector).length;
    const root = window.document.importNode(document.documentElement, true) as unknown as SVGSVGElement;
    window.document.body.append(root);
    const frame = root.getBoundingClientRect();
    const outside = [...root.querySelectorAll('text, path, rect')].filter((node) => {
      const { left, right, top, bottom } = node.getBoundingClientRect();
      return left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
    });
    const found = {
      errors: count('parsererror'),
      lines: count('path.line'),
      bands: count('path.band'),
      strong: count('path.point.strong'),
      maps: count('rect.map'),
      tokens: count('path.tokens'),
      foreign: count('script, image, foreignObject, style'),
      texts: [...document.querySelectorAll('text')].map((node) => node.textContent ?? ''),
      outside: outside.map((node) => node.outerHTML),
    };
    root.remove();
    return found;
  }, svg);
}

describe('exports of the Attention page', () => {
  const open = attentionPanels();

  it('as SVG are the lines with the difference, and the maps of the item, nothing cut off', async () => {
    const state = labAttention({}, three);
    const host = await open({ state, theme: 'light' });
    const title = 'attention · base, in, rl · lab.frankenstein.yaml';
    const plots = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([plots.errors, plots.foreign, plots.lines, plots.bands, plots.outside], [0, 0, 4, 4, []]);
    assert.equal(plots.strong, state.summary.difference.filter(({ pAdjusted }) => pAdjusted < 0.05).length);
    for (const text of [title, 'rl − base, percentage points', 'Early', 'Mid', 'Late', 'rl (n = 50)']) {
      assert.ok(plots.texts.includes(text), text);
    }
    assert.ok(plots.texts.some((text) => text.includes('all read the answers of base; attention of all generated')));
    await goTo(host, 'Image');
    const maps = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([maps.errors, maps.foreign, maps.maps, maps.outside], [0, 0, 36, []]);
    assert.ok(maps.tokens > 36 * 4);
    for (const text of [title, 'base', 'rl', '11', 'the map’s largest']) assert.ok(maps.texts.includes(text), text);
    await host.page.getByRole('status').getByText('Saved as attention.svg').waitFor();
  });

  it('as PNG are the same figure, twice as dense', async () => {
    const host = await open({ state: labAttention() });
    for (const tab of ['Layers', 'Image'] as const) {
      await goTo(host, tab);
      const svg = await exported(host, 'svg');
      const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
      const bytes = Buffer.from(await exported(host, 'png'), 'base64');
      assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [2 * Number(width), 2 * Number(height)], tab);
    }
  });

  it('as CSV are all means and differences in full precision', async () => {
    const state = labAttention({}, three);
    const host = await open({ state });
    await goTo(host, 'Table');
    assert.ok(await host.page.getByRole('button', { name: 'Export PNG' }).isDisabled());
    const content = await exported(host, 'csv');
    assert.equal(content, attentionCsv(state));
    const [head, ...lines] = content.trimEnd().split('\r\n');
    const columns = head!.split(',');
    assert.equal(lines.length, (3 + 3) * 12);
    const fields = (line: string | undefined) =>
      Object.fromEntries(line!.split(',').map((text, i) => [columns[i], text]));
    const mean = fields(lines.find((line) => line.startsWith('in,,7,')));
    const point = state.summary.checkpoints['in']!.layers[7]!;
    for (const key of ['n', 'mass', 'low', 'perTokenHigh', 'withoutSinksLow', 'sink'] as const) {
      assert.equal(Number(mean[key]), point[key], key);
    }
    assert.deepEqual([mean['pValue'], mean['pAdjusted']], ['', '']);
    const difference = fields(lines.find((line) => line.startsWith('rl,base,9,')));
    const compared = state.summary.difference[9]!;
    for (const key of ['n', 'mass', 'low', 'high', 'pValue', 'pAdjusted'] as const) {
      assert.equal(Number(difference[key]), compared[key], key);
    }
    assert.equal(difference['sink'], '');
  });

  it('keep long questions and names inside of the figure', async () => {
    const name = 'a-hybrid-of-a-long-name+rl';
    const rows = labRows().map((row) => (row.checkpoint === 'rl' ? { ...row, checkpoint: name } : row));
    const state = labAttention({ rows, facts: labFacts({ ...labShape, checkpoints: ['in', name] }) });
    const host = await open({
      state,
      handlers: { item: ({ id }) => ({ ...labItem(state, id), question: 'How many items are there? '.repeat(40) }) },
    });
    await goTo(host, 'Image');
    const { outside, texts } = await facts(host, await exported(host, 'svg'));
    assert.deepEqual(outside, []);
    assert.ok(texts.includes(`${name} (hybrid)`) && texts.some((text) => /How many items.*…$/.test(text)));
  });

  it('follow the measure that is shown', async () => {
    const host = await open({ state: labAttention() });
    await choose(host, 'Measure', 'Sink');
    const { lines, bands, texts } = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([lines, bands], [2, 0]);
    assert.ok(texts.includes('Attention on the first token'));
  });

  it('of hostile names are well-formed, and start no formula', async () => {
    const hostile = '=1+"<b>",\n\u0000\ud800&';
    const rows = labRows().map((row) => (row.checkpoint === 'rl' ? { ...row, checkpoint: hostile } : row));
    const state = labAttention({ rows, facts: labFacts({ ...labShape, checkpoints: ['in', hostile] }) });
    assert.ok(attentionCsv(state).includes(`\r\n"'=1+""<b>"",\n`));
    const host = await open({ state });
    for (const tab of ['Layers', 'Image'] as const) {
      await goTo(host, tab);
      const { errors, foreign, texts } = await facts(host, await exported(host, 'svg'));
      assert.deepEqual([errors, foreign], [0, 0], tab);
      assert.ok(texts.some((text) => text.includes('<b>')));
    }
  });

  it('are refused while there is nothing', async () => {
    const host = await open({ state: notRun() });
    for (const format of ['PNG', 'SVG', 'CSV']) {
      assert.ok(await host.page.getByRole('button', { name: `Export ${format}` }).isDisabled(), format);
    }
  });
});
