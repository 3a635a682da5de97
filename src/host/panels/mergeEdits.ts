/** What the wizard's acts do to the text of the experiment file. Pure. */
import { resolveRegions } from '../../core/checkpoint/regions';
import type { Experiment } from '../../core/experiment/experiment';
import { applyEdits, setHybrid, type TextEdit } from '../../core/experiment/hybridEdits';
import type { HybridSpec, Step } from '../../core/experiment/schema';
import { optionsOf } from '../../core/experiment/experimentFile';
import { skeletonOf, type Depths, type TransplantSpec } from '../../core/merge/transplant';
import { alternateMap, paintDonors, uniformMap, type DonorMap, type MergePlace } from '../../shared/donorMap';
import { InputError } from '../../shared/errors';
import type { ArithmeticRecipe, MergePreset } from '../../shared/protocol/merge';
import { isArithmetic } from '../../core/merge/openNamed';
import { arithmeticSpec } from './mergeArithmetic';
import type { OpenedDonors } from './mergeColumns';
import { freeName, stepName } from './mergeNames';
import { donorMapOf, transplantOf } from './mergeRecipe';

/** Gives places of a hybrid a donor. @throws InputError when it has no places, or there is no such donor */
export function paintEdits(
  text: string,
  experiment: Experiment,
  opened: OpenedDonors,
  hybrid: string,
  donor: string,
  places: readonly MergePlace[],
): TextEdit[] {
  requireCheckpoint(experiment, donor);
  const spec = transplantIn(experiment, hybrid);
  const depths = depthsOf(experiment, opened, skeletonOf(spec));
  return write(text, hybrid, paintDonors(donorMapOf(spec, depths), places, donor), depths);
}

/** Puts a preset in a transplant's place. @throws InputError as {@link paintEdits} */
export function presetEdits(
  text: string,
  experiment: Experiment,
  opened: OpenedDonors,
  hybrid: string,
  preset: MergePreset,
): TextEdit[] {
  hybridIn(experiment, hybrid);
  const donors = preset.kind === 'all' ? [preset.donor] : preset.donors;
  for (const donor of donors) requireCheckpoint(experiment, donor);
  if (preset.kind === 'regions') return setHybrid(text, hybrid, [...preset.donors]);
  const depths = depthsOf(experiment, opened, donors[0]!);
  const { numLayers, visionLayers } = depths;
  const map =
    preset.kind === 'all'
      ? uniformMap(preset.donor, numLayers, visionLayers)
      : alternateMap(preset.donors, numLayers, visionLayers);
  return write(text, hybrid, map, depths);
}

/** Adds hybrids of three donors, under free names; those that the file has already are left out. */
export function addEdits(
  text: string,
  experiment: Experiment,
  hybrids: readonly { readonly name: string; readonly donors: readonly [string, string, string] }[],
): TextEdit[] {
  const { content, checkpoints } = experiment;
  for (const donor of hybrids.flatMap(({ donors }) => donors)) requireCheckpoint(experiment, donor);
  const taken = new Set([...Object.keys(content.hybrids), ...checkpoints.keys()]);
  const known = new Map(Object.entries(content.hybrids));
  const isThere = ({ name, donors }: (typeof hybrids)[number]) =>
    JSON.stringify(known.get(name)) === JSON.stringify(donors);
  let changed = text;
  for (const hybrid of hybrids.filter((one) => !isThere(one))) {
    const name = freeName(hybrid.name, taken);
    taken.add(name);
    changed = applyEdits(changed, setHybrid(changed, name, [...hybrid.donors]));
  }
  return difference(text, changed);
}

/** Gives a hybrid a recipe of arithmetic. @param hybrid null adds a new one, named by its method */
export function computeEdits(
  text: string,
  experiment: Experiment,
  hybrid: string | null,
  recipe: ArithmeticRecipe,
): TextEdit[] {
  const { content, checkpoints } = experiment;
  const donors = [...(recipe.base === null ? [] : [recipe.base]), ...recipe.models.map(({ model }) => model)];
  for (const donor of donors) requireCheckpoint(experiment, donor);
  if (hybrid !== null) hybridIn(experiment, hybrid);
  const taken = new Set([...Object.keys(content.hybrids), ...checkpoints.keys()]);
  return setHybrid(text, hybrid ?? freeName(recipe.method, taken), arithmeticSpec(recipe));
}

/** Copies a hybrid under the next free name. */
export function duplicateEdits(text: string, { content, checkpoints }: Experiment, hybrid: string): TextEdit[] {
  const spec = hybridIn({ content }, hybrid);
  const taken = new Set([...Object.keys(content.hybrids), ...checkpoints.keys()]);
  return setHybrid(text, freeName(`${hybrid}-copy`, taken), spec);
}

/** The step that writes a hybrid into a folder: the one there is, else a new one to be added. */
export function writeStep(
  { content }: Pick<Experiment, 'content'>,
  hybrid: string,
  output: string,
): { readonly id: string; readonly step: Step | null } {
  hybridIn({ content }, hybrid);
  const known = content.steps.find(({ merge }) => merge?.hybrid === hybrid && merge.output === output);
  if (known) return { id: optionsOf(known).id, step: null };
  const id = stepName('write', hybrid, new Set(content.steps.map((step) => optionsOf(step).id)));
  return { id, step: { merge: { id, hybrid, output } } };
}

/** @throws InputError when the file has none of that name */
export function hybridIn({ content }: Pick<Experiment, 'content'>, name: string): HybridSpec {
  if (!Object.hasOwn(content.hybrids, name)) throw new InputError(`the file has no hybrid "${name}"`);
  return content.hybrids[name]!;
}

/** Null where it takes no step to get from one text to the other; else one replacement of what differs. */
function difference(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  let from = 0;
  while (from < before.length && before[from] === after[from]) from++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - from;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return [{ from, to: before.length - tail, text: after.slice(from, after.length - tail) }];
}

function transplantIn(experiment: Experiment, name: string): TransplantSpec {
  const spec = hybridIn(experiment, name);
  if (isArithmetic(spec)) throw new InputError(`the weights of "${name}" are computed: it has no donors to paint`);
  return spec;
}

function requireCheckpoint({ checkpoints }: Experiment, name: string): void {
  if (!checkpoints.has(name)) throw new InputError(`the file has no checkpoint "${name}"`);
}

function depthsOf({ content }: Experiment, opened: OpenedDonors, skeleton: string): Depths {
  const read = opened.get(skeleton);
  if (read?.kind !== 'opened') throw new InputError(`${skeleton} cannot be read, so nobody knows its layers`);
  const { numLayers, visionLayers } = read.checkpoint.config;
  return { numLayers, visionLayers, regions: resolveRegions(content.regions, numLayers) };
}

function write(text: string, hybrid: string, map: DonorMap, depths: Depths): TextEdit[] {
  const spec = transplantOf(map, depths);
  return setHybrid(text, hybrid, (Array.isArray(spec) ? [...spec] : spec) as HybridSpec);
}
