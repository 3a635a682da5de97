import assert from 'node:assert/strict';
import type { PageExport } from '../../src/shared/protocol/run';
import { trainingCsv } from '../../webview/training/csv';
import { goTo, trainingPanels, type TrainingHost } from './trainingPanels';
import { labFacts, labRun, labSft, labThree, labTraining, notRun } from './trainingRuns';

async function exported(host: TrainingHost, format: PageExport['format']): Promise<string> {
  const count = host.params('save').length + 1;
  await host.page.getByRole('button', { name: `Export ${format.toUpperCase()}` }).click();
  const saved = (await host.called('save', count)) as PageExport;
  assert.equal(saved.format, format);
  return saved.content;
}

/** What a browser makes of an SVG: how many of each thing, its texts, and whatever lies outside of it. */
function facts(host: TrainingHost, svg: string) {
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
      skipped: count('path.skipped'),
      foreign: count('script, image, foreignObject, style'),
      texts: [...document.querySelectorAll('text')].map((node) => node.textContent ?? ''),
      outside: outside.map((node) => node.outerHTML),
    };
    root.remove();
    return found;
  }, svg);
}

describe('exports of the Training page', () => {
  const open = trainingPanels();

  it('as SVG are all curves with what each arm freezes, nothing cut off', async () => {
    const host = await open({ state: labThree(), theme: 'light' });
    const { errors, foreign, lines, skipped, outside, texts } = await facts(host, await exported(host, 'svg'));
    // A cross in the legend, and one in each figure.
    assert.deepEqual([errors, foreign, lines, skipped, outside], [0, 0, 18, 7, []]);
    for (const text of [
      'frozen-late, unfrozen, frozen-early · lab.frankenstein.yaml',
      'frozen-late (Late frozen)',
      'unfrozen (nothing frozen)',
      'Reward',
      'Length, tokens',
      'Learning rate (× 10⁻⁴)',
      '200',
    ]) {
      assert.ok(texts.includes(text), text);
    }
    await host.page.getByRole('status').getByText('Saved as training.svg').waitFor();
    await host.update(labSft());
    const sft = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([sft.errors, sft.lines, sft.outside], [0, 3, []]);
  });

  it('as PNG are the same figure, twice as dense', async () => {
    const host = await open({ state: labThree() });
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(await exported(host, 'svg'))!;
    const bytes = Buffer.from(await exported(host, 'png'), 'base64');
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [2 * Number(width), 2 * Number(height)]);
  });

  it('as CSV are all steps of all arms in full precision', async () => {
    const state = labThree();
    const host = await open({ state });
    await goTo(host, 'Table');
    assert.ok(await host.page.getByRole('button', { name: 'Export PNG' }).isDisabled());
    const content = await exported(host, 'csv');
    assert.equal(content, trainingCsv(state));
    const [head, ...lines] = content.trimEnd().split('\r\n');
    assert.equal(lines.length, 600);
    const fields = (line: string) =>
      Object.fromEntries(head!.split(',').map((name, i) => [name, line.split(',')[i]])) as Record<string, string>;
    const row = fields(lines[210]!);
    assert.deepEqual([row['arm'], row['step'], row['frozenParameters']], ['unfrozen', '11', '0']);
    for (const key of ['loss', 'reward', 'kl', 'length', 'idle', 'gradientNorm', 'learningRate'] as const) {
      assert.equal(Number(row[key]), state.arms[1].points[10]![key], key);
    }
    const skipped = fields(lines[86]!);
    assert.deepEqual([skipped['loss'], skipped['gradientNorm'], skipped['skipped']], ['', '', 'true']);
  });

  it('of hostile names are well-formed, and start no formula', async () => {
    const hostile = '=1+"<b>",\n\u0000\ud800&';
    const run = labRun('frozen-late', { facts: labFacts('frozen-late', { from: hostile, freeze: [hostile] }) });
    const state = labTraining([run]);
    assert.ok(trainingCsv(state).includes(`frozen-late,"'=1+""<b>"",\n`));
    const host = await open({ state });
    const { errors, foreign, texts } = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([errors, foreign], [0, 0]);
    assert.ok(texts.some((text) => text.includes('<b>')));
  });

  it('are refused while there is nothing', async () => {
    const host = await open({ state: labTraining([notRun('frozen-late')]) });
    for (const format of ['PNG', 'SVG', 'CSV']) {
      assert.ok(await host.page.getByRole('button', { name: `Export ${format}` }).isDisabled(), format);
    }
  });
});
