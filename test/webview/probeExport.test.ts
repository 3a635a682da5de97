import assert from 'node:assert/strict';
import type { ProbeHostSurface, ProbeState } from '../../src/shared/protocol/probe';
import { curvesCsv } from '../../webview/probe/csv';
import { probeFigure } from '../../webview/probe/figure';
import { firstView } from '../../webview/probe/view';
import type { Theme } from '../../webview/kit/theme';
import type { FakeHost } from './fakeHost';
import { labRun, labState } from './labRuns';
import { probePanels } from './probePanels';

type Saved = ProbeHostSurface['save']['params'];
const three = () => labState(['vision', 'vision-in', 'vision-rl']);
const hostile = '=1+"<b>",\n\u0000\ud800&';

/** A state whose names are what a stranger could write. */
function hostileState(): ProbeState {
  const run = labRun('vision');
  const curves = run.curves.map((curve) => ({ ...curve, function: `${hostile}${curve.function}` }));
  return labState(['vision'], { experiment: hostile, runs: [{ ...run, checkpoint: hostile, curves }] });
}

const theme: Theme = {
  background: '#ffffff',
  foreground: '#000000',
  muted: '#555555',
  grid: '#dddddd',
  shade: '#f4f4f4',
  accent: '#0000ff',
  series: ['#0063d3', '#d18616', '#388a34', '#652d90', '#e51400', '#000000'],
  tooltip: { background: '#ffffff', foreground: '#000000', border: '#000000' },
  fontFamily: '"Segoe UI", sans-serif',
  fontSize: 13,
  highContrast: false,
};

describe('exports of the Probe page: CSV', () => {
  it('has a line per run, function and layer, in full precision', () => {
    const lines = curvesCsv(three()).split('\r\n');
    assert.equal(lines[0], 'run,checkpoint,mode,function,layer,n,changed,rate,low,high,adopted,adoptedRate');
    assert.equal(lines.length, 1 + 3 * 4 * 12 + 1);
    assert.equal(lines.at(-1), '');
    const point = labRun('vision').curves[0]!.points[4]!;
    assert.equal(lines[5], `vision,base,suffix,recognition,4,50,21,0.42,${point.low},${point.high},21,0.42`);
    assert.ok(point.low > 0.293 && point.low < 0.294);
  });

  it('leaves out layers without pairs', () => {
    assert.equal(curvesCsv(labState(['vision'], { runs: [labRun('vision', 0)] })).split('\r\n').length, 2);
  });

  it('quotes, and starts no formula', () => {
    const [, first] = curvesCsv(hostileState()).split('\r\n');
    assert.ok(first!.startsWith(`vision,"'=1+""<b>"",\n`), first);
  });
});

describe('exports of the Probe page: SVG and PNG', () => {
  const open = probePanels();

  async function exported(host: FakeHost, format: Saved['format']): Promise<Saved> {
    await host.page.getByRole('button', { name: `Export ${format.toUpperCase()}` }).click();
    const saved = (await host.called('save', host.params('save').length || 1)) as Saved;
    assert.equal(saved.format, format);
    return saved;
  }

  it('the SVG is a drawing of every curve, band, label and region', async () => {
    const host = await open({ state: three(), theme: 'light' });
    await host.page.getByRole('checkbox', { name: 'Adopted rate' }).click();
    await host.page.getByRole('checkbox', { name: 'Differences' }).click();
    const { content } = await exported(host, 'svg');
    const facts = await host.page.evaluate((svg) => {
      const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
      const count = (selector: string) => document.querySelectorAll(selector).length;
      const rate = document.querySelector('path.rate')!.getAttribute('d')!;
      return {
        errors: count('parsererror'),
        root: document.documentElement.nodeName,
        rates: count('path.rate'),
        bands: count('path.band'),
        adopted: count('path.adopted'),
        points: rate.split('L').length,
        texts: [...document.querySelectorAll('text')].map((node) => node.textContent),
        background: document.querySelector('rect')!.getAttribute('fill'),
        scripts: count('script, image, foreignObject, style'),
      };
    }, content);
    const { texts, ...rest } = facts;
    assert.deepEqual(rest, {
      errors: 0,
      root: 'svg',
      rates: 12,
      bands: 12,
      adopted: 12,
      points: 12,
      background: '#ffffff',
      scripts: 0,
    });
    for (const text of [
      'Recognition (n = 50)',
      'OCR (n = 50)',
      'Early',
      'Mid',
      'Late',
      'Layer',
      '100 %',
      'base',
      'in',
      'rl',
      '95 % interval',
      'Difference to base, percentage points',
      'vision · change rate by layer · lab.frankenstein.yaml',
    ]) {
      assert.ok(texts.includes(text), text);
    }
    await host.page.getByRole('status').getByText('Saved as vision.svg').waitFor();
  });

  it('the SVG places points where their rates are', () => {
    const state = labState(['vision']);
    const { svg } = probeFigure(state, { ...firstView, bands: false }, theme);
    const [, path] = /class="rate" d="([^"]*)"/.exec(svg)!;
    const heights = path!
      .slice(1)
      .split('L')
      .map((spot) => Number(spot.split(' ')[1]));
    const [top, bottom] = [heights[0]!, heights[11]!]; // 100 % at layer 0, 0 % at layer 11
    heights.forEach((y, layer) => {
      const { rate } = state.runs[0]!.curves[0]!.points[layer]!;
      assert.ok(Math.abs((bottom - y) / (bottom - top) - rate) < 1e-3, `layer ${layer}`);
    });
    assert.equal(/class="(band|adopted)"/.test(svg), false);
  });

  it('the SVG of hostile names is well-formed and holds them as text', async () => {
    const { svg } = probeFigure(hostileState(), firstView, theme);
    const host = await open({ state: three() });
    const texts = await host.page.evaluate((content) => {
      const document = new DOMParser().parseFromString(content, 'image/svg+xml');
      return document.querySelector('parsererror')
        ? null
        : [...document.querySelectorAll('text')].map((node) => node.textContent);
    }, svg);
    assert.ok(texts);
    assert.ok(texts.some((text) => text!.includes('<b>') && text!.includes('\ufffd')));
  });

  it('the PNG is the same figure on the theme’s background', async () => {
    const host = await open({ state: three(), theme: 'dark' });
    const { content } = await exported(host, 'png');
    const bytes = Buffer.from(content, 'base64');
    assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const { width, height } = probeFigure(three(), firstView, theme);
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [2 * width, 2 * height]);
    const colours = await host.page.evaluate(async (data) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: image.width, height: image.height });
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, image.width, image.height).data;
      const seen = new Map<string, number>();
      for (let i = 0; i < pixels.length; i += 4) {
        const key = pixels.slice(i, i + 4).join();
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
      return [...seen]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 40)
        .map(([key]) => key);
    }, content);
    assert.equal(colours[0], '31,31,31,255');
    for (const series of ['89,164,249,255', '209,134,22,255', '137,209,133,255'])
      assert.ok(colours.includes(series), series);
  });

  it('the CSV is what the page shows; a change of mind is said nothing about', async () => {
    const host = await open({ state: three(), handlers: { save: () => null } });
    assert.equal((await exported(host, 'csv')).content, curvesCsv(three()));
    await host.settle();
    assert.equal(await host.page.getByRole('status').textContent(), '');
  });

  it('there is nothing to export before the first pair', async () => {
    const host = await open({ state: labState(['vision'], { runs: [labRun('vision', 0)] }) });
    for (const format of ['PNG', 'SVG', 'CSV']) {
      assert.equal(await host.page.getByRole('button', { name: `Export ${format}` }).isDisabled(), true, format);
    }
  });
});
