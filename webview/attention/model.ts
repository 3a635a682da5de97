import type { AttentionState } from '../../src/shared/protocol/attention';
import type { PageModel } from '../kit/pageModel';
import type { Theme } from '../kit/theme';
import type { View } from './view';

export type AttentionModel = PageModel<AttentionState, View>;

/** What everything on the page is drawn from. */
export interface PageSource {
  readonly state: AttentionState;
  readonly view: View;
  readonly theme: Theme;
}
