/** The words in which the panel speaks. No DOM. */
import { percent } from '../../src/shared/format';
import type { RunStanding } from '../../src/shared/protocol/run';
import type { UpdatesState, UpdatesTensor } from '../../src/shared/protocol/updates';
import { componentTitles, partTitles } from '../../src/shared/vocabulary';
import { significant } from '../kit/numbers';
import type { EnergyKind, LayeredPart, Measure, ShownComponent } from './view';

export const shownComponentTitles: Readonly<Record<ShownComponent, string>> = {
  all: 'All components',
  ...componentTitles,
};

export const energyTitles: Readonly<Record<EnergyKind, string>> = {
  absolute: 'Absolute',
  relative: 'Relative',
  authors: 'Authors’ relative mean',
};

/** What the vertical axis shows. */
export const energyFormulas: Readonly<Record<EnergyKind, string>> = {
  absolute: '‖ΔW‖',
  relative: '‖ΔW‖ / ‖W‖',
  authors: 'mean ‖ΔW‖ / ‖W‖',
};

export function energySentence(kind: EnergyKind): string {
  switch (kind) {
    case 'absolute':
      return 'Frobenius norm of each layer’s update, root sum square over its tensors. Thin dashes: what rounding alone would give.';
    case 'relative':
      return 'Frobenius norm of each layer’s update over that of its weights before.';
    case 'authors':
      return 'As the authors’ code has it: the mean over a layer’s matrices of ‖ΔW‖ over the norm of the middle checkpoint’s weights.';
  }
}

export const measureTitles: Readonly<Record<Measure, string>> = {
  relativeEnergy: 'Relative energy',
  energy: 'Energy',
  changedFraction: 'Changed entries',
  stableRank: 'Stable rank',
  effectiveRank: 'Effective rank',
  cosine: 'Cosine with the last phase',
};

export function measureText(measure: Measure, value: number): string {
  return measure === 'changedFraction' ? changedText(value) : significant(value);
}

/** A fraction of entries: "20.8 %", "0.0012 %"; "0" only where none changed. */
export function changedText(fraction: number): string {
  if (fraction === 0) return '0';
  return fraction < 1e-3 ? `${significant(100 * fraction, 2)} %` : percent(fraction);
}

export function layeredPartTitle(part: LayeredPart): string {
  return partTitles[part];
}

/** What the panel says while there is nothing to show; null when the run needs no word. */
export function emptySentence({ state }: RunStanding): string | null {
  switch (state) {
    case null:
      return 'Nothing has been computed yet. Press Run: tensors appear one after another.';
    case 'queued':
      return 'The run waits for the one before it.';
    case 'preparing':
      return 'The checkpoints are being opened.';
    case 'running':
      return 'The first tensors are on their way.';
    case 'interrupted':
    case 'cancelled':
      return 'The run ended before its first tensor was finished. Run it again.';
    case 'failed':
      return 'The run failed before its first tensor was finished. Mend what is said above and run it again.';
    case 'finished':
      return 'The run is finished, but the checkpoints have no tensor in common: see what only one of them has, in the table.';
  }
}

/** Why there is no spectrum to show. */
export function noSpectrumSentence({ spectrum, run }: UpdatesState): string {
  if (!spectrum) return 'This step computes no singular values. Set spectrum: true in the step and run it again.';
  return run.state === 'finished'
    ? 'This part has no matrices of this kind.'
    : 'No matrix of this kind is finished yet.';
}

/** "3 NaN, 1 infinite", or nothing. */
export function notFiniteText({ notFinite }: Pick<UpdatesTensor, 'notFinite'>): string {
  if (!notFinite) return '';
  const { nan, infinite } = notFinite;
  return [...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} infinite`] : [])].join(', ');
}

/** "512 × 128"; where only common rows are compared, what of which. */
export function shapeText({
  shape,
  fromShape,
  comparedShape,
}: Pick<UpdatesTensor, 'shape' | 'fromShape' | 'comparedShape'>): string {
  const text = (sizes: readonly number[]) => (sizes.length === 0 ? 'scalar' : sizes.join(' × '));
  if (!fromShape) return text(shape);
  return `${text(shape)}, before ${text(fromShape)}${comparedShape ? `, compared ${text(comparedShape)}` : ''}`;
}
