/** A hybrid as a checkpoint: every tensor points into one of the donors' files. Nothing is read, nothing is written. */
import { InputError } from '../../shared/errors';
import type { Checkpoint, Shard, TensorEntry } from '../checkpoint/checkpoint';
import { sameShape } from '../checkpoint/shapes';
import type { Transplant } from './transplant';

export interface Hybrid extends Checkpoint {
  readonly skeleton: string;
  /** `passthrough` where every tensor is one donor's own; else the method that computed them. */
  readonly method: string;
  /** What was asked for, as the experiment file has it, where the weights are computed. */
  readonly recipe?: object;
  /** Each tensor's donor, by canonical name; of computed tensors the method. */
  readonly donorOf: ReadonlyMap<string, string>;
  /** The files that the weights come from, by donor. */
  readonly donorShards: ReadonlyMap<string, readonly Shard[]>;
}

const shownNames = 3;

/**
 * Puts a hybrid together and proves it complete: every tensor of the skeleton has exactly one donor, which has it in the
 * same shape, and no donor has more in the places that it gives.
 * @param name of the hybrid, for messages
 * @param donors the opened checkpoints, by name
 * @throws InputError naming the donor and the tensors
 */
export function composeHybrid(name: string, transplant: Transplant, donors: ReadonlyMap<string, Checkpoint>): Hybrid {
  const skeleton = donors.get(transplant.skeleton)!;
  const refuse = (message: string, mend?: string) => new InputError(`hybrid "${name}": ${message}`, mend);
  for (const [donor, { family }] of donors) {
    if (family !== skeleton.family) {
      const what = `${donor} is a ${family}, its skeleton ${transplant.skeleton} a ${skeleton.family}`;
      throw refuse(what, 'Donors must be of one architecture.');
    }
  }

  const tensors = new Map<string, TensorEntry>();
  const donorOf = new Map<string, string>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  for (const [key, own] of skeleton.tensors) {
    const donor = transplant.donorOf(own);
    const given = donatedEntry(donors.get(donor)!, own);
    if (!given) missing.push(`${own.name} of ${donor}`);
    else if (!sameShape(given.shape, own.shape)) {
      misshapen.push(
        `${own.name} is [${given.shape.join(', ')}] in ${donor}, [${own.shape.join(', ')}] in ${transplant.skeleton}`,
      );
    } else {
      tensors.set(key, given);
      donorOf.set(key, donor);
    }
  }
  if (missing.length > 0) throw refuse(`missing: ${some(missing)}`, 'Take these places from another donor.');
  if (misshapen.length > 0) throw refuse(`shapes differ: ${some(misshapen)}`, 'Take these places from the skeleton.');
  const extra = extraTensors(transplant, donors);
  if (extra.length > 0) {
    throw refuse(`the skeleton ${transplant.skeleton} has no place for ${some(extra)}`, 'Choose another skeleton.');
  }
  checkTiedHead(transplant, skeleton, donors, refuse);

  const used = new Set([...tensors.values()].map(({ path }) => path));
  const donorShards = new Map<string, readonly Shard[]>();
  for (const [donor, { shards }] of donors) {
    const own = shards.filter(({ path }) => used.has(path));
    if (own.length > 0) donorShards.set(donor, own);
  }
  const shards = [...donorShards.values()].flat();
  return { ...skeleton, tensors, shards, skeleton: transplant.skeleton, method: 'passthrough', donorOf, donorShards };
}

/** A donor's tensor for a place. The head of a donor whose head is tied is its embedding matrix. */
function donatedEntry(donor: Checkpoint, own: TensorEntry): TensorEntry | undefined {
  const entry = donor.tensors.get(own.canonicalName);
  if (entry || own.part !== 'head' || !donor.config.tied) return entry;
  return [...donor.tensors.values()].find(({ part }) => part === 'embeddings');
}

function extraTensors(transplant: Transplant, donors: ReadonlyMap<string, Checkpoint>): string[] {
  const skeleton = donors.get(transplant.skeleton)!;
  return [...donors].flatMap(([donor, { tensors }]) =>
    [...tensors.values()]
      .filter((entry) => entry.part !== 'head' && transplant.donorOf(entry) === donor)
      .filter(({ canonicalName }) => !skeleton.tensors.has(canonicalName))
      .map(({ name }) => `${name} of ${donor}`),
  );
}

/** With a tied head the embedding matrix is the head too: two donors cannot both give it. */
function checkTiedHead(
  { skeleton, donorOf }: Transplant,
  { tensors }: Checkpoint,
  donors: ReadonlyMap<string, Checkpoint>,
  refuse: (message: string, mend?: string) => InputError,
): void {
  if ([...tensors.values()].some(({ part }) => part === 'head')) return;
  const nowhere = { layer: null, component: null };
  const [embeddings, head] = [donorOf({ part: 'embeddings', ...nowhere }), donorOf({ part: 'head', ...nowhere })];
  if (embeddings !== head) {
    const what = `the head of ${skeleton} is tied to its embeddings, which come from ${embeddings}, the head from ${head}`;
    throw refuse(what, 'Take both from one donor.');
  }
  const separate = [...(donors.get(head)?.tensors.values() ?? [])].some(({ part }) => part === 'head');
  if (separate) {
    throw refuse(
      `the head of ${skeleton} is tied to its embeddings, that of ${head} is a matrix of its own`,
      'Take head and embeddings from a donor with a tied head, or choose another skeleton.',
    );
  }
}

function some(names: readonly string[]): string {
  const more = names.length - shownNames;
  return names.slice(0, shownNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
