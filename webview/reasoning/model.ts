import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import type { PageModel } from '../kit/pageModel';
import type { View } from './view';

export type ReasoningModel = PageModel<ReasoningState, View>;
