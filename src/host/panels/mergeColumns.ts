/** What the wizard shows of a hybrid: its donors, its problems, its hash and its size, from headers alone. */
import { createHash } from 'node:crypto';
import type { Checkpoint } from '../../core/checkpoint/checkpoint';
import { resolveRegions, type RegionSpec } from '../../core/checkpoint/regions';
import { composeHybrid, type Hybrid } from '../../core/merge/hybrid';
import { resolveTransplant, skeletonOf, type Depths, type TransplantSpec } from '../../core/merge/transplant';
import type { DonorMap } from '../../shared/donorMap';
import { describeError, InputError } from '../../shared/errors';
import type { MergeProblem } from '../../shared/protocol/merge';
import { donorMapOf } from './mergeRecipe';

/** A checkpoint of the file: opened, or why it cannot be. */
export type OpenedDonor =
  { readonly kind: 'opened'; readonly checkpoint: Checkpoint } | { readonly kind: 'broken'; readonly message: string };

export type OpenedDonors = ReadonlyMap<string, OpenedDonor>;

export interface ReadTransplant {
  readonly depths: Depths | null;
  readonly donors: DonorMap | null;
  /** Checkpoints that it takes from, the skeleton first. */
  readonly used: readonly string[];
  readonly problems: readonly MergeProblem[];
  readonly hash: string | null;
  /** Bytes of its tensors; null while it is not complete. */
  readonly bytes: number | null;
}

/** Reads a transplant as far as its words and its donors allow. Never throws an InputError. */
export function readTransplant(
  name: string,
  spec: TransplantSpec,
  regions: RegionSpec,
  opened: OpenedDonors,
): ReadTransplant {
  const nothing = { depths: null, donors: null, used: [skeletonOf(spec)], hash: null, bytes: null };
  const broken = (message: string) => [{ severity: 'error' as const, message }];
  const skeleton = opened.get(skeletonOf(spec));
  if (skeleton?.kind !== 'opened') return { ...nothing, problems: broken(whyNot(skeletonOf(spec), skeleton)) };
  const { numLayers, visionLayers } = skeleton.checkpoint.config;
  const resolved = attempt(() => {
    const depths = { numLayers, visionLayers, regions: resolveRegions(regions, numLayers) };
    return { depths, donors: donorMapOf(spec, depths), transplant: resolveTransplant(spec, depths) };
  });
  if ('message' in resolved) return { ...nothing, problems: broken(resolved.message) };
  const { depths, donors, transplant } = resolved;
  const known = { depths, donors, used: transplant.donors };
  const given = transplant.donors.map((donor) => [donor, opened.get(donor)] as const);
  const unread = given.filter(([, donor]) => donor?.kind !== 'opened');
  if (unread.length > 0) {
    const problems = unread.flatMap(([donor, why]) => broken(whyNot(donor, why)));
    return { ...known, problems, hash: null, bytes: null };
  }
  const checkpoints = given.flatMap(([donor, read]) =>
    read?.kind === 'opened' ? [[donor, read.checkpoint] as const] : [],
  );
  const hybrid = attempt(() => composeHybrid(name, transplant, new Map(checkpoints)));
  if ('message' in hybrid) return { ...known, problems: broken(hybrid.message), hash: null, bytes: null };
  const bytes = [...hybrid.tensors.values()].reduce((sum, { length }) => sum + length, 0);
  return { ...known, problems: [], hash: hashOf(hybrid), bytes };
}

/** The hash of every pointer, of the files that they lead into, and of where the other files come from. */
function hashOf({ tensors, shards, directory }: Hybrid): string {
  const pointers = [...tensors].map(([name, { path, offset, length }]) => [name, path, offset, length]);
  const files = shards.map(({ path, identity }) => [path, identity]);
  return shortHash([directory, files, pointers]);
}

/** Twelve hexadecimal digits: enough to tell what one person tries. */
export function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

/** Why a donor is not there to be used. */
export function whyNot(donor: string, read: OpenedDonor | undefined): string {
  return read?.kind === 'broken' ? `${donor} cannot be read: ${read.message}` : `there is no checkpoint "${donor}"`;
}

/** What `work` comes to, or what is wrong with what it was given. */
export function attempt<T extends object>(work: () => T): T | { readonly message: string } {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) return { message: describeError(error) };
    throw error;
  }
}
