import assert from 'node:assert/strict';
import { percentLabel, plainLabel, pointsLabel, roundAxis } from '../../../src/core/experiment/report/chartScale';
import { axisOf, intervalChart } from '../../../src/core/experiment/report/intervalChart';
import { scoreCharts } from '../../../src/core/experiment/report/scoreChart';
import { wilsonInterval } from '../../../src/core/statistics/wilson';

const labels = (axis: ReturnType<typeof roundAxis>) => axis.ticks.map(({ label }) => label);

describe('the axis of values that need not begin at zero', () => {
  it('has round ticks that cover the values', () => {
    assert.deepEqual(labels(roundAxis(0, 1, percentLabel, 100)), ['0 %', '20 %', '40 %', '60 %', '80 %', '100 %']);
    assert.deepEqual(labels(roundAxis(-0.0031, 0.0042, pointsLabel, 100)), [
      '−0.4',
      '−0.2',
      '0.0',
      '0.2',
      '0.4',
      '0.6',
    ]);
    assert.deepEqual(labels(roundAxis(-12.1, 3, plainLabel)), ['−15', '−10', '−5', '0', '5']);
    for (const [low, high] of [
      [-7, -6.99],
      [1e-9, 3e-7],
      [0.9999, 1],
    ] as const) {
      const axis = roundAxis(low, high, plainLabel);
      assert.ok(axis.low <= low + 1e-12 && axis.high >= high - 1e-12, `${low} … ${high}`);
      assert.ok(axis.ticks.length >= 2 && axis.ticks.length <= 9);
      assert.equal(new Set(labels(axis)).size, axis.ticks.length, 'ticks can be told apart');
    }
  });

  it('is there where all values are zero', () => {
    const { low, high } = roundAxis(0, 0, plainLabel);
    assert.ok(low <= 0 && high > low && Number.isFinite(high));
  });
});

describe('lines over layers with their intervals', () => {
  const point = (layer: number, value: number, marked = false) => {
    return { layer, value, low: value - 0.1, high: value + 0.1, marked, title: `t${layer}` };
  };
  const curves = [{ name: 'change', points: [point(0, -0.4, true), point(1, 0), point(2, 0.4)] }];
  const axis = axisOf(curves, [0], plainLabel, 1);
  const draw = (reference?: Parameters<typeof intervalChart>[0]['reference']) =>
    intervalChart({ label: 'a <b>', curves, layers: [0, 3], regions: null, axis, ...(reference && { reference }) })
      .html;
  const numbers = (text: string) => text.split(/[ ,]+/).map(Number);

  it('have negative values below zero, and marks where a point is significant', () => {
    const svg = draw({ name: 'no change', value: 0 });
    const [, y0, , y1, , y2] = numbers(/class="line"\s+points="([^"]*)"/.exec(svg)![1]!) as number[];
    const zero = Number(/class="reference"[^>]*y1="([\d.]+)"/.exec(svg)![1]);
    assert.ok(y0! > y1! && y1! > y2!);
    assert.equal(y1, zero);
    assert.ok(Math.abs(y0! - zero - (zero - y2!)) < 0.02);
    assert.equal(svg.match(/point marked/g)!.length, 1);
    assert.match(svg, /aria-label="a &#60;b&#62;"/);
    assert.doesNotMatch(svg, /reference-band/);
  });

  it('have the interval of what they are held against as a band', () => {
    const svg = draw({ name: 'whole', value: 0.2, low: 0, high: 0.4 });
    const [, top, height] = /class="reference-band"[^>]*y="([\d.]+)"[^>]*height="([\d.]+)"/.exec(svg)!.map(Number);
    const line = Number(/class="reference"[^>]*y1="([\d.]+)"/.exec(svg)![1]);
    assert.ok(Math.abs(top! + height! / 2 - line) < 0.02);
  });
});

describe('bars of scores', () => {
  const share = (right: number, n: number) => ({ n, value: right / n, ...wilsonInterval(right, n) });
  const floor = { empty: 0, constant: 0.25, constantAnswer: '<3>' };

  it('are as high as the scores, with whiskers from low to high and the floor across', () => {
    const svg = scoreCharts(['in', 'rl'], [{ title: 'Vision', scores: [share(2, 4), null], floor }]).html;
    const bars = [...svg.matchAll(/class="bar"\s+x="[\d.]+"\s+y="([\d.]+)"\s+width="[\d.]+"\s+height="([\d.]+)"/g)];
    const [top, height] = bars
      .find(([, , tall]) => Number(tall) !== 10)!
      .slice(1)
      .map(Number) as [number, number];
    const [, low, high] = /class="whisker" d="M[\d.]+ ([\d.]+)V([\d.]+)/.exec(svg)!.map(Number) as number[];
    const valueAt = (y: number) => (0.5 * (top + height - y)) / height;
    const { low: expectedLow, high: expectedHigh } = wilsonInterval(2, 4);
    assert.ok(Math.abs(valueAt(low!) - expectedLow) < 1e-3 && Math.abs(valueAt(high!) - expectedHigh) < 1e-3);
    const mark = Number(/class="floor"[^>]*y1="([\d.]+)"/.exec(svg)![1]);
    assert.ok(Math.abs(valueAt(mark) - 0.25) < 1e-3);
    assert.equal(svg.match(/class="whisker"/g)!.length, 1, 'no bar where there is no score');
    assert.match(svg, /&#60;3&#62;/);
  });

  it('of many tasks stand in several rows, and of many models can be told apart', () => {
    const names = Array.from({ length: 9 }, (_, i) => `m${i}`);
    const groups = Array.from({ length: 9 }, (_, i) => ({
      title: `task ${i}`,
      scores: names.map(() => share(1, 2)),
      floor: null,
    }));
    const svg = scoreCharts(names, groups).html;
    assert.equal(svg.match(/role="img"/g)!.length, 3);
    assert.equal(svg.match(/class="whisker"/g)!.length, 81);
    const looks = [...svg.matchAll(/<li class="(series-\d)">\s*<svg[^>]*>\s*<rect\s+class="([^"]*)"/g)].map(
      ([, colour, fill]) => `${colour} ${fill}`,
    );
    assert.equal(new Set(looks).size, 9);
  });
});
