import type { UpdatesState } from '../../src/shared/protocol/updates';
import type { PageModel } from '../kit/pageModel';
import type { View } from './view';

export type UpdatesModel = PageModel<UpdatesState, View>;
