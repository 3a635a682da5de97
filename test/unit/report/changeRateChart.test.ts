import assert from 'node:assert/strict';
import { changeRateChart } from '../../../src/core/experiment/report/changeRateChart';
import { escapeHtml, html } from '../../../src/core/experiment/report/html';

const point = (layer: number, rate: number, n = 10) => {
  return { layer, n, changed: rate * n, rate, low: rate / 2, high: (1 + rate) / 2, adopted: 0, adoptedRate: 0 };
};

function numbers(text: string): number[] {
  return text.match(/[\d.]+/g)!.map(Number);
}

describe('the chart of change rates', () => {
  const curves = [{ name: 'ocr', points: [point(0, 1), point(1, 0.5), point(2, 0), point(3, 0, 0)] }];
  const regions = { early: [0, 1], mid: [1, 1], late: [1, 4] } as const;
  const svg = changeRateChart(curves, [0, 4], regions).html;
  const line = numbers(/points="([^"]*)"\s+stroke-dasharray/.exec(svg)![1]!);
  const band = numbers(/class="band"\s+points="([^"]*)"/.exec(svg)![1]!);

  it('a layer is a column, a rate a height; a layer without pairs has no point', () => {
    assert.equal(line.length, 6);
    const [x0, y0, x1, y1, x2, y2] = line as [number, number, number, number, number, number];
    assert.ok(Math.abs(x1 - x0 - (x2 - x1)) < 0.02);
    assert.ok(y0 < y1 && y1 < y2, 'a higher rate is higher up');
    assert.ok(Math.abs(y1 - (y0 + y2) / 2) < 0.02, 'half is in the middle');
  });

  it('the band has the upper ends and back the lower ends of the intervals', () => {
    assert.equal(band.length, 12);
    const full = line[5]! - line[1]!;
    const height = (rate: number) => line[5]! - rate * full;
    const ends = band.filter((_, i) => i % 2 === 1);
    [1, 0.75, 0.5, 0, 0.25, 0.5].forEach((rate, i) => assert.ok(Math.abs(ends[i]! - height(rate)) < 0.02, `end ${i}`));
  });

  it('regions cover their layers and no more; an empty one is left out', () => {
    const shades = [...svg.matchAll(/class="region region-(\d)"\s+x="([\d.]+)"\s+y="[\d.]+"\s+width="([\d.]+)"/g)];
    const [early, late] = shades.map(([, i, x, width]) => [Number(i), Number(x), Number(width)] as const);
    assert.equal(shades.length, 2);
    assert.deepEqual([early![0], late![0]], [0, 2]);
    assert.ok(Math.abs(early![1] + early![2] - late![1]) < 0.02);
    assert.ok(Math.abs(3 * early![2] - late![2]) < 0.05);
  });

  it('says its name to those who do not see it', () => {
    assert.match(svg, /role="img"\s+aria-label="Change rate per layer: ocr"/);
  });
});

describe('HTML', () => {
  it('escapes all that is put in, but HTML', () => {
    assert.equal(
      html`<b title="${'"&<'}">${html`<i></i>`}${['x', 'y'].map((one) => html`${one}`)}</b>`.html,
      '<b title="&#34;&#38;&#60;"><i></i>xy</b>',
    );
    assert.equal(escapeHtml('a\u0000\u001b\u0085b\n'), 'a\ufffd\ufffd\ufffdb\n');
  });
});
