import type { ProbeRun, ProbeState } from '../../src/shared/protocol/probe';
import type { PageModel } from '../kit/pageModel';
import type { View } from './view';

export type ProbeModel = PageModel<ProbeState, View>;

/** The run whose pairs are listed: the one chosen while it is shown, else the panel's own. */
export function listedRun(state: ProbeState, view: View): ProbeRun | undefined {
  return state.runs.find(({ id }) => id === view.run) ?? state.runs[0];
}
