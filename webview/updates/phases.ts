/** The phases that are shown, and the layers that they are shown over. No DOM. */
import { phaseTitle } from '../../src/shared/phaseTitles';
import type { UpdatesPhase, UpdatesState } from '../../src/shared/protocol/updates';
import type { Part, Regions } from '../../src/shared/vocabulary';
import { lineStyle } from '../kit/lineStyles';
import type { Theme } from '../kit/theme';
import type { LayeredPart, View } from './view';

export interface ShownPhase {
  readonly phase: UpdatesPhase;
  /** Its place among all: its line style, and its name to the host. */
  readonly place: number;
  readonly title: string;
}

/** All but those that are hidden; all where every one is. */
export function shownPhases({ phases }: UpdatesState, { hidden }: Pick<View, 'hidden'>): ShownPhase[] {
  const all = phases.map((phase, place) => ({ phase, place, title: phaseTitle(phase) }));
  const shown = all.filter(({ place }) => !hidden.includes(place));
  return shown.length > 0 ? shown : all;
}

export function phaseColour({ place }: Pick<ShownPhase, 'place'>, theme: Theme): string {
  return theme.series[lineStyle(place).colour]!;
}

/** How many layers a part has: as the run says, or as far as its tensors go. */
export function layerCount({ phases, numLayers }: UpdatesState, part: LayeredPart): number {
  const seen = phases.flatMap(({ tensors }) => tensors.map(layerIn(part)));
  return seen.reduce((most, layer) => Math.max(most, layer + 1), part === 'languageModel' ? numLayers : 0);
}

/** Early, Mid and Late are regions of the language model. */
export function regionsOf({ regions }: UpdatesState, part: LayeredPart): Regions | null {
  return part === 'languageModel' ? regions : null;
}

/** Whether anything of a part is in layers at all. */
export function hasLayers(state: UpdatesState, part: LayeredPart): boolean {
  return layerCount(state, part) > 0;
}

/** Whether there is a tensor to show. */
export function hasResults({ phases }: UpdatesState): boolean {
  return phases.some(({ tensors }) => tensors.length > 0);
}

function layerIn(part: LayeredPart) {
  return (tensor: { readonly part: Part | null; readonly layer: number | null }) =>
    tensor.part === part ? (tensor.layer ?? -1) : -1;
}
