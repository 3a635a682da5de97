import type { TrainingState } from '../../src/shared/protocol/training';
import type { PageModel } from '../kit/pageModel';
import type { Theme } from '../kit/theme';
import type { View } from './view';

export type TrainingModel = PageModel<TrainingState, View>;

/** What everything on the page is drawn from. */
export interface PageSource {
  readonly state: TrainingState;
  readonly view: View;
  readonly theme: Theme;
}
