/** What a written merge says of itself in the metadata of its shards: recipe and donors. No path of this machine. */
import { createHash } from 'node:crypto';
import type { MergePlan, ShardContent } from './mergePlan';

/** What of a plan is recorded: where the tensors stand is not. */
type Recorded = Pick<MergePlan, 'hybrid'> & { readonly shards: readonly ShardContent[] };

/** By donor and file name. */
export type DonorHashes = Record<string, Record<string, { readonly path: string; readonly sha256: string }>>;

const noHash = '0'.repeat(64);

/** The donors' files that are used, their hashes still to come. */
export function emptyHashes({ hybrid }: Pick<MergePlan, 'hybrid'>): DonorHashes {
  return Object.fromEntries(
    [...hybrid.donorShards].map(([donor, shards]) => [
      donor,
      Object.fromEntries(shards.map(({ file, path }) => [file, { path, sha256: noHash }])),
    ]),
  );
}

/** The fields of `__metadata__`. Their length does not depend on the hashes. */
export function recordOf({ hybrid, shards }: Recorded, hashes: DonorHashes): Record<string, string> {
  const recipe = {
    method: hybrid.method,
    ...(hybrid.recipe === undefined ? {} : { recipe: hybrid.recipe }),
    skeleton: hybrid.skeleton,
    donors: Object.fromEntries(donorRanges(shards.flatMap(({ tensors }) => tensors))),
  };
  const donors = Object.fromEntries(
    Object.entries(hashes).map(([donor, files]) => [
      donor,
      Object.fromEntries(Object.entries(files).map(([file, { sha256 }]) => [file, sha256])),
    ]),
  );
  return {
    'frankenstein.recipe': JSON.stringify(recipe),
    'frankenstein.donors': JSON.stringify(donors),
    'frankenstein.plan': planHash(shards),
  };
}

/** Tensors of each donor, in a word: their number and the hash of their names. */
function donorRanges(tensors: readonly { readonly name: string; readonly donor: string }[]) {
  const byDonor = new Map<string, string[]>();
  for (const { name, donor } of tensors) byDonor.set(donor, [...(byDonor.get(donor) ?? []), name]);
  return [...byDonor].map(([donor, names]) => [donor, places(names)] as const);
}

/** Names with their numbers as ranges: `model.layers.{4-7}.mlp.up_proj.weight`. */
export function places(names: readonly string[]): string[] {
  const numbers = new Map<string, number[]>();
  for (const name of names) {
    const [, start, number, end] = /^(.*?(?:layers|blocks)\.)(\d+)(\..*)$/.exec(name) ?? [undefined, name];
    const pattern = number === undefined ? name : `${start}{}${end}`;
    numbers.set(pattern, [...(numbers.get(pattern) ?? []), ...(number === undefined ? [] : [Number(number)])]);
  }
  return [...numbers].map(([pattern, found]) =>
    found.length === 0 ? pattern : pattern.replace('{}', `{${ranges(found)}}`),
  );
}

function ranges(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const number of sorted) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

function planHash(shards: Recorded['shards']): string {
  const all = shards.map(({ file, tensors }) => [file, tensors.map(({ name, donor }) => [name, donor])]);
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}
