import type { AbilitiesState } from '../../src/shared/protocol/abilities';
import type { PageModel } from '../kit/pageModel';
import type { View } from './view';

export type AbilitiesModel = PageModel<AbilitiesState, View>;
