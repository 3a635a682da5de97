import assert from 'node:assert/strict';
import type { PageExport } from '../../src/shared/protocol/run';
import { tensorsCsv } from '../../webview/updates/csv';
import { choose, goTo, updatesPanels, type UpdatesHost } from './updatesPanels';
import { labFacts, labRows, labUpdates } from './updatesRuns';

async function exported(host: UpdatesHost, format: PageExport['format']): Promise<string> {
  const count = host.params('save').length + 1;
  await host.page.getByRole('button', { name: `Export ${format.toUpperCase()}` }).click();
  const saved = (await host.called('save', count)) as PageExport;
  assert.equal(saved.format, format);
  return saved.content;
}

/** What a browser makes of an SVG: how many of each thing, its texts, and whatever lies outside of it. */
function facts(host: UpdatesHost, svg: string) {
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
      tiles: count('rect.tile'),
      zeros: count('rect.tile.zero'),
      foreign: count('script, image, foreignObject, style'),
      texts: [...document.querySelectorAll('text')].map((node) => node.textContent ?? ''),
      outside: outside.map((node) => node.outerHTML),
    };
    root.remove();
    return found;
  }, svg);
}

describe('exports of the Updates page', () => {
  const open = updatesPanels();

  it('as SVG are what the tab shows, with title and legend, nothing cut off', async () => {
    const host = await open({ state: labUpdates(), theme: 'light' });
    const title = 'updates · base → in → rl · lab.frankenstein.yaml';
    const energy = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([energy.errors, energy.foreign, energy.lines, energy.outside], [0, 0, 4, []]);
    for (const text of [title, 'base → in: ‖ΔW‖', 'in → rl: ‖ΔW‖', 'Early', 'Mid', 'Late', 'rounding floor']) {
      assert.ok(energy.texts.includes(text), text);
    }
    await goTo(host, 'Heat map');
    const map = await facts(host, await exported(host, 'svg'));
    // Two maps of 12 kinds and 12 layers, 9 tensors outside of them; and in the legend how a zero looks.
    assert.deepEqual([map.errors, map.foreign, map.outside], [0, 0, []]);
    assert.deepEqual([map.tiles, map.zeros], [2 * (144 + 9) + 1, 7 + 1]);
    for (const text of [title, 'post_attention_layernorm', 'embed_tokens', 'exactly zero', 'Layer']) {
      assert.ok(map.texts.includes(text), text);
    }
    await goTo(host, 'Spectrum');
    await choose(host, 'Matrix', 'q_proj');
    const spectrum = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([spectrum.errors, spectrum.foreign, spectrum.lines, spectrum.outside], [0, 0, 2 * 12 + 4, []]);
    for (const text of [title, 'log₁₀(σᵢ / σ₁)', 'Stable rank', 'Effective rank', 'Layer 0']) {
      assert.ok(spectrum.texts.includes(text), text);
    }
    assert.ok(spectrum.texts.some((text) => text.startsWith('Singular values of the updates, q_proj')));
    await host.page.getByRole('status').getByText('Saved as updates.svg').waitFor();
  });

  it('as PNG are the same figure, twice as dense', async () => {
    const host = await open({ state: labUpdates() });
    for (const tab of ['Energy', 'Heat map', 'Spectrum'] as const) {
      await goTo(host, tab);
      const svg = await exported(host, 'svg');
      const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
      const bytes = Buffer.from(await exported(host, 'png'), 'base64');
      assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [2 * Number(width), 2 * Number(height)], tab);
    }
  });

  it('as CSV are all tensors in full precision, also where only a page of them is shown', async () => {
    const host = await open({ state: labUpdates() });
    await goTo(host, 'Table');
    assert.ok(await host.page.getByRole('button', { name: 'Export PNG' }).isDisabled());
    const content = await exported(host, 'csv');
    assert.equal(content, tensorsCsv(labUpdates()));
    const [head, ...lines] = content.trimEnd().split('\r\n');
    assert.equal(lines.length, labRows().length);
    const columns = head!.split(',');
    const row = labRows().find(({ to, name }) => to === 'rl' && name === 'lm_head.weight')!;
    const line = lines.find((candidate) => candidate.startsWith('in,rl,lm_head.weight,'))!.split(',');
    for (const key of ['energy', 'relativeEnergy', 'cosine', 'stableRank', 'effectiveRank', 'nuclear'] as const) {
      assert.equal(Number(line[columns.indexOf(key)]), row[key], key);
    }
    assert.deepEqual([line[columns.indexOf('shape')], line[columns.indexOf('skipped')]], ['64x128', '']);
  });

  it('of hostile names are well-formed, and start no formula', async () => {
    const hostile = '=1+"<b>",\n\u0000\ud800&';
    const phases = [{ from: 'base', to: hostile, onlyFrom: [], onlyTo: [] }];
    const rows = labRows()
      .filter(({ to }) => to === 'in')
      .map((row) => ({ ...row, to: hostile }));
    const state = labUpdates({ rows, facts: labFacts(undefined, { phases }) });
    assert.ok(tensorsCsv(state).split('\r\n')[1]!.startsWith(`base,"'=1+""<b>"",\n`));
    const host = await open({ state });
    for (const tab of ['Energy', 'Heat map', 'Spectrum'] as const) {
      await goTo(host, tab);
      const { errors, foreign, texts } = await facts(host, await exported(host, 'svg'));
      assert.deepEqual([errors, foreign], [0, 0], tab);
      assert.ok(texts.some((text) => text.includes('<b>')));
    }
  });

  it('are refused while there is nothing', async () => {
    const host = await open({ state: labUpdates({ state: null, rows: [] }) });
    for (const format of ['PNG', 'SVG', 'CSV']) {
      assert.ok(await host.page.getByRole('button', { name: `Export ${format}` }).isDisabled(), format);
    }
  });
});
