import assert from 'node:assert/strict';
import type { AblateFacts } from '../../src/shared/ablateResults';
import { axisAround } from '../../webview/kit/numbers';
import { measurePoints } from '../../webview/reasoning/layers';
import { readingOf } from '../../webview/reasoning/reading';
import type { Measure } from '../../webview/reasoning/view';
import { tableRows } from './probePanels';
import { choose, figureOf, goTo, reasoningPanels, type ReasoningHost } from './reasoningPanels';
import { labFacts, labReasoning, labRows, labRunning, visionFacts } from './reasoningRuns';

/** Heights of the ends of the value axis and of everything drawn over the layers, in pixels. */
function drawn(host: ReasoningHost, name: string, part?: string) {
  return figureOf(host, name, part).evaluate((figure) => {
    const all = (selector: string) => [...figure.querySelectorAll(selector)];
    const numbers = (node: Element) => (node.getAttribute('d')!.match(/-?[\d.]+/g) ?? []).map(Number);
    const labels = all('text[text-anchor="end"]').map((node) => ({
      text: node.textContent ?? '',
      y: Number(node.getAttribute('y')) - 4,
    }));
    return {
      low: labels[0]!,
      high: labels.at(-1)!,
      intervals: all('path.interval').map((node) => [numbers(node)[1]!, numbers(node)[3]!] as const),
      markers: all('path.point').map((node) => node.classList.contains('strong')),
      baseline: all('path.baseline').map((node) => numbers(node)[1]!),
      bands: all('rect.baseline-band').map((node) => [
        Number(node.getAttribute('y')),
        Number(node.getAttribute('height')),
      ]),
      texts: all('text').map((node) => node.textContent),
    };
  });
}

describe('the Reasoning page: figures', () => {
  const open = reasoningPanels();

  const near = (a: number, b: number, what: string) => assert.ok(Math.abs(a - b) < 0.01, `${what}: ${a}, not ${b}`);

  it('stand where the values are, with their intervals and the baseline’s', async () => {
    const state = labReasoning();
    const { baseline } = state.summary;
    const host = await open({ state });
    const cases: [Measure, string, string][] = [
      ['accuracy', 'Accuracy', 'Accuracy'],
      ['error', 'Error rate', 'Error rate'],
    ];
    for (const [measure, choice, name] of cases) {
      await choose(host, 'Measure', choice);
      const shown = await drawn(host, name);
      const valueAt = (y: number) => (shown.low.y - y) / (shown.low.y - shown.high.y);
      assert.deepEqual([shown.low.text, shown.high.text], ['0 %', '100 %']);
      measurePoints(state.summary, 'languageModel', measure).forEach(({ low, high }, layer) => {
        near(valueAt(shown.intervals[layer]![0]), low, `${name}, low at ${layer}`);
        near(valueAt(shown.intervals[layer]![1]), high, `${name}, high at ${layer}`);
      });
      near(valueAt(shown.baseline[0]!), measure === 'accuracy' ? baseline.rate : 1 - baseline.rate, 'baseline');
      const [[top, height]] = shown.bands as [[number, number]];
      near(valueAt(top), measure === 'accuracy' ? baseline.high : 1 - baseline.low, 'band');
      near(valueAt(top + height) - valueAt(top), baseline.low - baseline.high, 'its height');
    }
    await choose(host, 'Measure', 'Difference to the baseline');
    const shown = await drawn(host, 'Difference to the baseline');
    assert.deepEqual([shown.low.text, shown.high.text, shown.bands.length], ['−100', '+20', 0]);
    const valueAt = (y: number) => -1 + (1.2 * (shown.low.y - y)) / (shown.low.y - shown.high.y);
    state.summary.layers.forEach(({ difference }, layer) =>
      near(valueAt(shown.intervals[layer]![0]), difference.low, 'low'),
    );
  });

  it('mark significant layers by shape, and name the regions', async () => {
    const state = labReasoning();
    const host = await open({ state });
    const { markers, texts } = await drawn(host, 'Accuracy');
    const significant = state.summary.layers.map(({ pAdjusted }) => pAdjusted < 0.05);
    assert.deepEqual(markers, significant);
    assert.ok(significant.includes(true) && significant.includes(false));
    for (const region of ['Early', 'Mid', 'Late']) assert.ok(texts.includes(region), region);
    await host.page
      .getByRole('list', { name: 'Legend' })
      .first()
      .getByText('significant change (Holm, p < 0.05)')
      .waitFor();
  });

  it('give the vision tower its own, without regions', async () => {
    const host = await open({ state: labReasoning({ facts: visionFacts() }) });
    await host.page.getByRole('heading', { name: 'Vision tower' }).waitFor();
    await host.page.getByRole('heading', { name: 'Language model' }).waitFor();
    const { markers, texts } = await drawn(host, 'Accuracy', 'vision tower');
    assert.equal(markers.length, 4);
    assert.equal(texts.includes('Mid'), false);
    await host.update(labReasoning());
    assert.equal(await host.page.getByRole('heading', { name: 'Language model' }).count(), 0);
    assert.equal(await figureOf(host, 'Accuracy', 'vision tower').count(), 0);
  });

  it('show what the run measures', async () => {
    const figures = async (scoring: AblateFacts['scoring']) => {
      await host.update(labReasoning({ facts: labFacts({ scoring }) }));
      const measured = await figureOf(host, 'Accuracy').count();
      const likelihood = await figureOf(host, 'Change in log-likelihood').count();
      return [measured, likelihood, await host.page.getByRole('combobox', { name: 'Measure' }).count()];
    };
    const host = await open({ state: labReasoning() });
    assert.deepEqual(await figures('both'), [1, 1, 1]);
    assert.deepEqual(await figures('generate'), [1, 0, 1]);
    assert.deepEqual(await figures('likelihood'), [0, 1, 0]);
    const { markers, high, low } = await drawn(host, 'Change in log-likelihood');
    assert.equal(markers.length, 12);
    assert.deepEqual([low.text, high.text], ['−8', '2']);
  });

  it('leave gaps where no layer was ablated', async () => {
    const some = [0, 1, 2, 6, 7].map((layer) => ({ part: 'languageModel' as const, layer }));
    const host = await open({ state: labReasoning({ facts: labFacts({ layers: some }) }) });
    const d = await figureOf(host, 'Accuracy').locator('path.line').getAttribute('d');
    assert.equal(d!.split('M').length - 1, 3);
    assert.equal((await drawn(host, 'Accuracy')).markers.length, 5);
  });

  it('are told in words', async () => {
    const host = await open({ state: labReasoning() });
    const figure = figureOf(host, 'Accuracy');
    await figure.focus();
    await figure.press('End');
    const text = (await figure.getAttribute('aria-valuetext'))!;
    assert.match(text, /^Layer 11\. Accuracy \d+\.\d % \[[\d., ]+\], \d+ of 100 right\. Difference [+−]?\d/);
    assert.match(text, /points\. Adjusted p = 1\.000$/);
    const likelihood = figureOf(host, 'Change in log-likelihood');
    await likelihood.focus();
    assert.match(
      (await likelihood.getAttribute('aria-valuetext'))!,
      /^Layer 0\. Change −\d\.\d\d \[.*\] nats, n = 100$/,
    );
  });

  it('are numbers in the table', async () => {
    const leftOut = [{ id: 'math_777', problem: 'it has no answer' }];
    const state = labReasoning({ facts: visionFacts({ leftOut }) });
    const host = await open({ state });
    await goTo(host, 'Table');
    const answers = await tableRows(host, 'Accuracy by ablated layer');
    assert.equal(answers.length, 1 + 12 + 4);
    assert.deepEqual(answers[0]!.slice(0, 4), ['Baseline', 'none', '100', String(state.summary.baseline.correct)]);
    const third = state.summary.layers.find(({ part, layer }) => part === 'languageModel' && layer === 3)!;
    const shown = answers.find(([part, layer]) => part === 'Language model' && layer === '3')!;
    assert.deepEqual(shown.slice(2, 4), ['100', String(third.correct)]);
    assert.deepEqual([shown.at(-2), shown.at(-1)], ['< 0.001', 'yes']);
    assert.equal((await tableRows(host, 'Change in log-likelihood')).length, 16);
    assert.deepEqual(await tableRows(host, 'Items that were left out'), [['math_777', 'it has no answer']]);
  });
});

describe('the reading of an ablation', () => {
  it('names the baseline, how many layers lower it, and the largest drop', () => {
    const [baseline, layers, likelihood, ...rest] = readingOf(labReasoning());
    assert.equal(baseline, 'Baseline 84 % (76–90 %, n 100).');
    assert.equal(layers, '8 of 12 layers lower it significantly; the largest drop is at layer 0: −77 points.');
    assert.match(
      likelihood!,
      /^The log-likelihood of the right answer falls most at layer 0: −5\.\d\d nats \(−6\.\d\d to −5\.\d\d\)\.$/,
    );
    assert.deepEqual(rest, []);
  });

  it('says so while more is to come, and nothing while nothing is known', () => {
    assert.equal(readingOf(labRunning(20))[0], 'So far:');
    assert.deepEqual(readingOf(labReasoning({ state: 'running', rows: [] })), []);
  });

  it('names the parts where there are two', () => {
    const sentences = readingOf(labReasoning({ facts: visionFacts({ scoring: 'generate' }) }));
    assert.match(
      sentences[1]!,
      /^Language model: \d+ of 12 layers lower it significantly; .* at layer 0: −\d+ points\.$/,
    );
    assert.match(
      sentences[2]!,
      /^Vision tower: \d of 4 layers lowers? it significantly; .* at vision layer 0: −\d+ points\.$/,
    );
  });

  it('says when nothing changes, and when a layer is better off', () => {
    const layers = [10, 11].map((layer) => ({ part: 'languageModel' as const, layer }));
    const facts = labFacts({ layers, scoring: 'generate' });
    assert.match(readingOf(labReasoning({ facts }))[1]!, /^None of 2 layers changes it significantly/);
    const better = labRows(facts).map((row) => ({
      ...row,
      correct: row.layer === 10 || (row.correct && row.layer !== 11),
    }));
    const text = readingOf(labReasoning({ facts, rows: better }))[1]!;
    assert.match(
      text,
      /^1 of 2 layers lowers it significantly, 1 raises it; the largest drop is at layer 11: −\d+ points/,
    );
    const [only] = facts.layers;
    const one = labFacts({ layers: [only!], scoring: 'generate' });
    const raised = labRows(one).map((row) => ({ ...row, correct: row.layer === 10 || row.correct }));
    assert.equal(readingOf(labReasoning({ facts: one, rows: raised }))[1], '1 of 1 layer raises it significantly.');
  });
});

describe('the reading of likelihoods', () => {
  it('names no layer whose interval has zero in it', () => {
    const layers = (['languageModel', 'vision'] as const).map((part) => ({ part, layer: 3 }));
    const facts = labFacts({ layers, scoring: 'likelihood' });
    const same = labRows(facts).map((row, i) => ({ ...row, logLikelihood: -2 + (i % 2) * 1e-3 }));
    assert.deepEqual(readingOf(labReasoning({ facts, rows: same })), [
      'No layer lowers the log-likelihood of the right answer beyond its interval.',
      'No vision layer lowers the log-likelihood of the right answer beyond its interval.',
    ]);
  });
});

describe('axisAround', () => {
  it('goes through zero in round steps, around all values', () => {
    assert.deepEqual(axisAround(-5.8, 0.1).ticks, [-6, -5, -4, -3, -2, -1, 0, 1]);
    assert.deepEqual(axisAround(0, 0), { low: -1, high: 1, ticks: [-1, 0, 1] });
    for (const [low, high] of [
      [-0.873, 0.03],
      [0.2, 0.6],
      [-70, -3],
      [-1e-4, 2e-4],
      [-1, 1],
    ] as const) {
      const axis = axisAround(low, high);
      assert.ok(axis.low <= Math.min(0, low) + 1e-12 && axis.high >= Math.max(0, high) - 1e-12, `${low}, ${high}`);
      assert.ok(axis.ticks.length >= 3 && axis.ticks.length <= 9, `${axis.ticks.length} ticks`);
      assert.ok(axis.ticks.includes(0));
    }
  });
});
