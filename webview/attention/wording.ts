/** The words in which the panel speaks. No DOM. */
import { percent } from '../../src/shared/format';
import type { RunStanding } from '../../src/shared/protocol/run';
import type { AttentionSpan } from '../../src/shared/vocabulary';
import { significant } from '../kit/numbers';
import type { Estimate } from './series';
import type { MapScale, Measure } from './view';

export const measureTitles: Readonly<Record<Measure, string>> = {
  mass: 'Mass on the image',
  perToken: 'Per image token',
  withoutSinks: 'Without sinks',
  sink: 'Sink',
};

/** What the vertical axis shows. */
export const axisTitles: Readonly<Record<Measure, string>> = {
  mass: 'Attention on the image',
  perToken: 'Attention per image token',
  withoutSinks: 'Attention on the image, without sinks',
  sink: 'Attention on the first token',
};

export const measureSentences: Readonly<Record<Measure, string>> = {
  mass: 'Share of attention on all image tokens together, mean over heads and tokens (figure 3 of arXiv 2602.12395).',
  perToken: 'The mass divided by the number of image tokens (equation 1 of arXiv 2602.12395).',
  withoutSinks:
    'The mass without image tokens that are sinks, as a share of the attention that is on no sink: neither on the first token nor on such image tokens.',
  sink: 'Share of attention on the first token of the prompt, where attention goes that is needed nowhere. It has no test.',
};

export const scaleTitles: Readonly<Record<MapScale, string>> = { own: 'Each map its own', common: 'Same for all maps' };

export const spanTitles: Readonly<Record<AttentionSpan, string>> = {
  generated: 'all generated tokens',
  think: 'the tokens inside <think>',
  answer: 'the tokens inside <answer>',
};

export function measureText(measure: Measure, value: number): string {
  return measure === 'perToken' ? `${significant(100 * value)} %` : percent(value);
}

/** In percentage points, with a sign and a real minus: "+0.83". */
export function differenceText(measure: Measure, value: number): string {
  const points = Math.abs(100 * value);
  const text = measure === 'perToken' ? significant(points) : points.toFixed(2);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** "18.3 % [17.1, 19.4]". */
export function estimateText(measure: Measure, { value, ends }: Pick<Estimate, 'value' | 'ends'>): string {
  const end = (one: number) => (measure === 'perToken' ? significant(100 * one) : (100 * one).toFixed(1));
  return ends ? `${measureText(measure, value)} [${end(ends[0])}, ${end(ends[1])}]` : measureText(measure, value);
}

/** What the panel says while there is nothing to show; null when the run needs no word. */
export function emptySentence({ state }: RunStanding): string | null {
  switch (state) {
    case null:
      return 'Nothing has been computed yet. Press Run: the lines grow as items are read.';
    case 'queued':
      return 'The run waits for the one before it.';
    case 'preparing':
      return 'The checkpoints are being opened.';
    case 'running':
      return 'The first items are on their way.';
    case 'interrupted':
    case 'cancelled':
      return 'The run ended before its first item was read. Run it again.';
    case 'failed':
      return 'The run failed before its first item was read. Mend what is said above and run it again.';
    case 'finished':
      return 'The run is finished, but no item could be read: see in the table what was left out, and why.';
  }
}
