import assert from 'node:assert/strict';
import type { PageExport } from '../../src/shared/protocol/run';
import { layersCsv } from '../../webview/reasoning/csv';
import { choose, chooseLayer, reasoningPanels, type ReasoningHost } from './reasoningPanels';
import { labFacts, labReasoning, notRun, visionFacts } from './reasoningRuns';

async function exported(host: ReasoningHost, format: PageExport['format']): Promise<string> {
  const count = host.params('save').length + 1;
  await host.page.getByRole('button', { name: `Export ${format.toUpperCase()}` }).click();
  const saved = (await host.called('save', count)) as PageExport;
  assert.equal(saved.format, format);
  return saved.content;
}

/** What a browser makes of an SVG: how many of each thing, its texts, and whatever lies outside of it. */
function facts(host: ReasoningHost, svg: string) {
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
      intervals: count('path.interval'),
      bands: count('rect.baseline-band'),
      selected: count('path.selected'),
      foreign: count('script, image, foreignObject, style'),
      texts: [...document.querySelectorAll('text')].map((node) => node.textContent ?? ''),
      outside: outside.map((node) => node.outerHTML),
    };
    root.remove();
    return found;
  }, svg);
}

describe('exports of the Reasoning page', () => {
  const open = reasoningPanels();

  it('as SVG are all figures with title, reading and legends, nothing cut off', async () => {
    const host = await open({ state: labReasoning({ facts: visionFacts() }), theme: 'light' });
    await chooseLayer(host, 'Accuracy', 3);
    const found = await facts(host, await exported(host, 'svg'));
    const { errors, foreign, intervals, bands, selected, outside } = found;
    assert.deepEqual([errors, foreign, intervals, bands, selected, outside], [0, 0, 2 * (12 + 4), 2, 0, []]);
    const title = 'reasoning · Accuracy by ablated layer · lab.frankenstein.yaml';
    const named = [title, 'Early', 'Mid', 'Late', 'Vision tower', 'significant change (Holm, p < 0.05)'];
    for (const text of named) assert.ok(found.texts.includes(text), text);
    assert.ok(found.texts.some((text) => /^Baseline \d+ % \(\d+–\d+ %, n 100\)\.$/.test(text)));
    await host.page.getByRole('status').getByText('Saved as reasoning.svg').waitFor();
  });

  it('follow the measure that is shown', async () => {
    const host = await open({ state: labReasoning() });
    await choose(host, 'Measure', 'Difference to the baseline');
    const { texts, bands } = await facts(host, await exported(host, 'svg'));
    assert.ok(texts.some((text) => text.includes('Difference to the baseline by ablated layer')));
    assert.equal(bands, 0);
    await host.update(labReasoning({ facts: labFacts({ scoring: 'likelihood' }) }));
    const likelihood = await facts(host, await exported(host, 'svg'));
    assert.equal(likelihood.intervals, 12);
    assert.ok(likelihood.texts.some((text) => text.includes('Change in log-likelihood of the right answer')));
  });

  it('as PNG are the same figure, twice as dense', async () => {
    const host = await open({ state: labReasoning() });
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(await exported(host, 'svg'))!;
    const bytes = Buffer.from(await exported(host, 'png'), 'base64');
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [2 * Number(width), 2 * Number(height)]);
  });

  it('as CSV are the baseline and all layers in full precision', async () => {
    const state = labReasoning({ facts: visionFacts() });
    const host = await open({ state });
    const content = await exported(host, 'csv');
    assert.equal(content, layersCsv(state));
    const [head, baseline, ...lines] = content
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    const at = (line: string[], column: string) => line[head!.indexOf(column)];
    assert.equal(lines.length, 16);
    assert.deepEqual([at(baseline!, 'part'), at(baseline!, 'layer'), at(baseline!, 'pValue')], ['baseline', '', '']);
    assert.equal(Number(at(baseline!, 'rate')), state.summary.baseline.rate);
    state.summary.layers.forEach((one, i) => {
      const line = lines[i]!;
      assert.equal(line.length, head!.length);
      assert.deepEqual([at(line, 'part'), at(line, 'layer')], [one.part, String(one.layer)]);
      assert.equal(Number(at(line, 'differenceLow')), one.difference.low);
      assert.equal(Number(at(line, 'pAdjusted')), one.pAdjusted);
      assert.equal(Number(at(line, 'likelihoodChange')), one.likelihood!.mean);
    });
  });

  it('leave empty what was not measured', () => {
    const lines = layersCsv(labReasoning({ facts: labFacts({ scoring: 'likelihood' }) })).split('\r\n');
    assert.match(lines[1]!, /^rl,baseline,,0,{13}$/);
    assert.match(lines[2]!, /^rl,languageModel,0,0,{10}100,-\d/);
  });

  it('of hostile names are well-formed, and start no formula', async () => {
    const hostile = '=1+"<b>",\n\u0000\ud800&';
    const state = labReasoning({ id: hostile, facts: labFacts({ checkpoint: hostile }) });
    assert.ok(layersCsv(state).split('\r\n')[1]!.startsWith(`"'=1+""<b>"",\n`));
    const host = await open({ state });
    const { errors, foreign, texts } = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([errors, foreign], [0, 0]);
    assert.ok(texts.some((text) => text.includes('<b>')));
  });

  it('are refused while there is nothing', async () => {
    const host = await open({ state: notRun() });
    for (const format of ['PNG', 'SVG', 'CSV']) {
      assert.ok(await host.page.getByRole('button', { name: `Export ${format}` }).isDisabled(), format);
    }
  });
});
