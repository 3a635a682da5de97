import assert from 'node:assert/strict';
import { energyChart } from '../../../src/core/experiment/report/energyChart';

const curve = (...energies: readonly number[]) => ({
  name: 'whole layer',
  points: energies.map((energy, layer) => ({ layer, energy })),
});

function heights(svg: string): number[] {
  const [, points] = /class="line" points="([^"]*)"/.exec(svg)!;
  return points!.split(' ').map((pair) => Number(pair.split(',')[1]));
}

function labels(svg: string): string[] {
  return [...svg.matchAll(/>\s*([\d.]+ %)<\/text/g)].map(([, label]) => label!);
}

describe('the chart of update energies', () => {
  it('a layer is a column, an energy a height above zero', () => {
    const [none, half, whole] = heights(energyChart('t', [curve(0, 0.05, 0.1)], [0, 3], null).html);
    assert.ok(none! > half! && half! > whole!, 'more is higher up');
    assert.ok(Math.abs(half! - (none! + whole!) / 2) < 0.02);
  });

  it('its ticks are round, begin at zero and reach the largest', () => {
    const cases: [number, string[]][] = [
      [0.1, ['0 %', '2 %', '4 %', '6 %', '8 %', '10 %']],
      [0.0023, ['0.00 %', '0.05 %', '0.10 %', '0.15 %', '0.20 %', '0.25 %']],
      [0.31, ['0 %', '10 %', '20 %', '30 %', '40 %']],
      [0, ['0 %', '100 %']],
    ];
    for (const [most, expected] of cases) {
      assert.deepEqual(labels(energyChart('t', [curve(0, most)], [0, 2], null).html), expected);
    }
  });

  it('shades the regions of its layers', () => {
    const regions = { early: [0, 1], mid: [1, 2], late: [2, 3] } as const;
    const svg = energyChart('base → in', [curve(0.1, 0.2, 0.3)], [0, 3], regions).html;
    assert.equal(svg.match(/class="region region-\d"/g)!.length, 3);
    assert.match(svg, /aria-label="Update energy per layer: base → in"/);
  });
});
