import type { Experiment } from '../../core/experiment/experiment';
import { optionsOf } from '../../core/experiment/experimentFile';
import type { Step } from '../../core/experiment/schema';
import { pathBelow } from '../../core/files/paths';
import { placeInChain } from '../../shared/vocabulary';
import { freeName } from '../panels/mergeNames';

/** A swap over new pairs, of the checkpoint that comes first in the chain. @param pairs an absolute path */
export function swapStep(
  { content, checkpoints, directory }: Pick<Experiment, 'content' | 'checkpoints' | 'directory'>,
  pairs: string,
): Step {
  const ids = new Set(content.steps.map((step) => optionsOf(step).id));
  const [first] = [...checkpoints.values()].sort((a, b) => placeInChain(a.role) - placeInChain(b.role));
  const below = pathBelow(pairs, directory);
  const swap = {
    id: freeName('vision', ids),
    checkpoint: first!.name,
    pairs: below === null ? pairs : `./${below}`,
  };
  return { swap } as Step; // what it does not say has defaults
}
