import { InputError } from '../../../shared/errors';
import { arceeFusion } from './arceeFusion';
import { linear, passthrough } from './linear';
import type { MergeMethod } from './method';
import { modelStock } from './modelStock';
import { nearswap } from './nearswap';
import { ram, ramPlus } from './ram';
import { sce } from './sce';
import { nuslerp, slerp } from './slerp';
import { karcher, multislerp } from './sphereMeans';
import { taskArithmeticMethods } from './taskArithmetic';

/** Every method of merging, in the order in which a form offers them. */
export const mergeMethods: readonly MergeMethod[] = [
  passthrough,
  linear,
  slerp,
  nuslerp,
  multislerp,
  karcher,
  ...taskArithmeticMethods,
  ram,
  ramPlus,
  modelStock,
  sce,
  nearswap,
  arceeFusion,
];

/** @throws InputError naming the methods there are */
export function methodByName(name: string): MergeMethod {
  const method = mergeMethods.find((candidate) => candidate.name === name);
  if (method) return method;
  const known = mergeMethods.map((candidate) => candidate.name).join(', ');
  throw new InputError(`there is no merge method "${name}"`, `The methods are ${known}.`);
}
