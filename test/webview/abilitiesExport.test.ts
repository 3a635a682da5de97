import assert from 'node:assert/strict';
import type { PageExport } from '../../src/shared/protocol/run';
import { comparisonsCsv, scoresCsv } from '../../webview/abilities/csv';
import { abilitiesPanels, choose, goTo, type AbilitiesHost } from './abilitiesPanels';
import { labAbilityRun, labAbilityState, labFacts, wholeLab } from './abilitiesRuns';

async function exported(host: AbilitiesHost, format: PageExport['format']): Promise<string> {
  const count = host.params('save').length + 1;
  await host.page.getByRole('button', { name: `Export ${format.toUpperCase()}` }).click();
  const saved = (await host.called('save', count)) as PageExport;
  assert.equal(saved.format, format);
  return saved.content;
}

/** What a browser makes of an SVG: how many of each thing, its texts, and whatever lies outside of it. */
function facts(host: AbilitiesHost, svg: string) {
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
      bars: count('rect.bar'),
      intervals: count('path.interval'),
      foreign: count('script, image, foreignObject, style'),
      texts: [...document.querySelectorAll('text')].map((node) => node.textContent ?? ''),
      outside: outside.map((node) => node.outerHTML),
    };
    root.remove();
    return found;
  }, svg);
}

describe('exports of the Abilities page', () => {
  const open = abilitiesPanels();

  it('as SVG are what the tab shows, with title and names, nothing cut off', async () => {
    const host = await open({ state: wholeLab(), theme: 'light' });
    const title = 'abilities · lab.frankenstein.yaml';
    const scores = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([scores.errors, scores.foreign, scores.bars, scores.outside], [0, 0, 27, []]);
    for (const text of [title, 'Vision', 'Vision to reasoning', 'IN:RL:RL', 'floor 21 %', '76']) {
      assert.ok(scores.texts.includes(text), text);
    }
    await goTo(host, 'Comparisons');
    const forest = await facts(host, await exported(host, 'svg'));
    assert.deepEqual([forest.errors, forest.foreign, forest.intervals, forest.outside], [0, 0, 24, []]);
    for (const text of [title, 'base → in', 'in → RL:IN:RL', '−12.0 [−19.0, −6.0], p = 0.039, n = 100']) {
      assert.ok(forest.texts.includes(text), text);
    }
    await choose(host, 'Ability', 'Vision');
    assert.equal((await facts(host, await exported(host, 'svg'))).intervals, 8);
    await host.page.getByRole('status').getByText('Saved as abilities.svg').waitFor();
  });

  it('as PNG are the same figure, twice as dense', async () => {
    const host = await open({ state: wholeLab() });
    for (const tab of ['Abilities', 'Comparisons'] as const) {
      await goTo(host, tab);
      const svg = await exported(host, 'svg');
      const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
      const bytes = Buffer.from(await exported(host, 'png'), 'base64');
      const expected = [Math.floor(2 * Number(width)), Math.floor(2 * Number(height))];
      assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], expected, tab);
    }
  });

  it('as CSV are scores with their intervals, or all comparisons, in full precision', async () => {
    const host = await open({ state: wholeLab() });
    const scores = await exported(host, 'csv');
    assert.equal(scores, scoresCsv(wholeLab()));
    const [head, ...lines] = scores
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    assert.equal(lines.length, 27);
    const own = lines.find(([ability, name]) => ability === 'visionToReasoning' && name === 'rl')!;
    const { n, value, low, high, settings } = wholeLab().summary.abilities['visionToReasoning']!['rl']!;
    const numbers = ['n', 'value', 'low', 'high', 'imageAccuracy', 'descriptionAccuracy'].map((key) =>
      Number(own[head!.indexOf(key)]),
    );
    assert.deepEqual(numbers, [n, value, low, high, settings.image!.value, settings.description!.value]);
    assert.equal(own[head!.indexOf('blackAccuracy')], '');
    await goTo(host, 'Comparisons');
    const comparisons = await exported(host, 'csv');
    assert.equal(comparisons, comparisonsCsv(wholeLab()));
    // All of the run, whichever are shown.
    assert.equal(comparisons.trimEnd().split('\r\n').length, 1 + 108);
  });

  it('of hostile names are well-formed, and start no formula', async () => {
    const hostile = '=1+"<b>",\n\u0000\ud800&';
    const whole = labAbilityRun({ facts: labFacts(['base', 'in']) });
    const rows = whole.rows.map((row) => ({ ...row, checkpoint: row.checkpoint === 'in' ? hostile : row.checkpoint }));
    const state = labAbilityState({ ...whole, rows, facts: { ...whole.facts, checkpoints: ['base', hostile] } });
    assert.ok(scoresCsv(state).split('\r\n')[2]!.startsWith(`vision,"'=1+""<b>"",\n`));
    const host = await open({ state });
    for (const tab of ['Abilities', 'Comparisons'] as const) {
      await goTo(host, tab);
      if (tab === 'Comparisons') await choose(host, 'Pairs', 'All pairs');
      const { errors, foreign, texts } = await facts(host, await exported(host, 'svg'));
      assert.deepEqual([errors, foreign], [0, 0], tab);
      assert.ok(texts.some((text) => text.includes('<b>')));
    }
  });

  it('are refused while there is nothing', async () => {
    const host = await open({
      state: labAbilityState(labAbilityRun({ facts: labFacts(['base']), rows: [], state: null })),
    });
    for (const format of ['PNG', 'SVG', 'CSV']) {
      assert.ok(await host.page.getByRole('button', { name: `Export ${format}` }).isDisabled(), format);
    }
  });
});
