import path from 'node:path';
import { placeInChain } from '../../shared/vocabulary';
import { sidecarDifferences } from '../checkpoint/sidecarDifferences';
import { describeDifference, gravestOf, sidecarRecord, whatWillBeUsed } from '../checkpoint/sidecarWords';
import type { SidecarRecord } from '../checkpoint/sidecarWords';
import { exists } from '../files/folders';
import type { Log } from '../ports';
import type { Experiment, NamedCheckpoint } from './experiment';
import { hybridDonors } from './hybridDonors';
import { skeletonName } from './skeletonName';

/** The checkpoints of an experiment that have a role, in the order of the chain. */
export function chainOf({ checkpoints }: Pick<Experiment, 'checkpoints'>): NamedCheckpoint[] {
  const chain = [...checkpoints.values()].filter(({ role }) => role !== null);
  return chain.sort((a, b) => placeInChain(a.role) - placeInChain(b.role));
}

/**
 * Compares the side files of a step's checkpoints and of the chain that they belong to. What changes answers, and whose
 * template and processor a hybrid has, goes to the run's log.
 * @param names checkpoints and hybrids of the experiment that the step works with
 */
export async function stepSidecars(
  { checkpoints, content }: Experiment,
  names: readonly string[],
  log: Log,
): Promise<SidecarRecord> {
  const own = new Set<string>();
  for (const name of names) {
    const spec = content.hybrids[name];
    const donors = spec ? hybridDonors(spec, { checkpoints }) : [name];
    for (const donor of donors) own.add(donor);
    const skeleton = spec && skeletonName(spec);
    if (skeleton) log.info(`hybrid "${name}": ${whatWillBeUsed(donors, skeleton)}`);
  }
  const chain = chainOf({ checkpoints });
  const others = [...own].flatMap((name) => checkpoints.get(name) ?? []).filter((each) => !chain.includes(each));
  const folders: NamedCheckpoint[] = [];
  for (const checkpoint of [...chain, ...others]) {
    // The rest of the chain may not be there yet, and the step does not need it.
    const isThere = own.has(checkpoint.name) || (await exists(path.join(checkpoint.directory, 'config.json')));
    if (isThere) folders.push(checkpoint);
  }
  const differences = folders.length < 2 ? [] : await sidecarDifferences(folders);
  for (const difference of gravestOf(differences)) log.warn(`side files differ: ${describeDifference(difference)}`);
  return sidecarRecord(differences);
}
