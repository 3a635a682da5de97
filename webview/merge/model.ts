import type { MergeState } from '../../src/shared/protocol/merge';
import type { PageModel } from '../kit/pageModel';
import type { View } from './view';

export type MergeModel = PageModel<MergeState, View>;
