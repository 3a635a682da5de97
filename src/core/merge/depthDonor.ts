import type { Experiment } from '../experiment/experiment';
import { donorsOfArithmetic } from './arithmeticPlan';
import { isArithmetic } from './openNamed';
import { skeletonOf, type TransplantSpec } from './transplant';

/** The checkpoint that has as many layers as `name`: itself, or of a hybrid its skeleton or its first donor. */
export function depthDonor({ content: { hybrids } }: Pick<Experiment, 'content'>, name: string): string | null {
  const hybrid = Object.hasOwn(hybrids, name) ? hybrids[name]! : null;
  if (!hybrid) return name;
  return isArithmetic(hybrid) ? (donorsOfArithmetic(hybrid)[0] ?? null) : skeletonOf(hybrid as TransplantSpec);
}
