import type { Dtype } from '../../core/checkpoint/safetensorsHeader';
import { resolveRegions } from '../../core/checkpoint/regions';
import type { Experiment } from '../../core/experiment/experiment';
import type { HybridSpec } from '../../core/experiment/schema';
import { donorsOfArithmetic } from '../../core/merge/arithmeticPlan';
import { exportMergekit, type MergekitExport } from '../../core/merge/mergekit/exportMergekit';
import { isArithmetic } from '../../core/merge/openNamed';
import { skeletonOf, type TransplantSpec } from '../../core/merge/transplant';
import { InputError } from '../../shared/errors';
import type { OpenedDonors } from './mergeColumns';

const dtypes: Readonly<Partial<Record<Dtype, 'bfloat16' | 'float16' | 'float32'>>> = {
  BF16: 'bfloat16',
  F16: 'float16',
  F32: 'float32',
};

/**
 * A hybrid as mergekit's YAML, with the folders of its checkpoints.
 * @throws InputError when its skeleton cannot be read, or mergekit cannot say it
 */
export function mergekitOf(
  { checkpoints, content }: Experiment,
  spec: HybridSpec,
  opened: OpenedDonors,
): MergekitExport {
  const recipe = isArithmetic(spec) ? spec : (spec as TransplantSpec);
  const name = isArithmetic(recipe) ? donorsOfArithmetic(recipe)[0]! : skeletonOf(recipe);
  const read = opened.get(name);
  if (read?.kind !== 'opened') throw new InputError(`${name} cannot be read, so nobody knows its layers`);
  const { config, tensors } = read.checkpoint;
  const { numLayers, visionLayers } = config;
  const [first] = tensors.values();
  return exportMergekit(recipe, {
    numLayers,
    visionLayers,
    regions: resolveRegions(content.regions, numLayers),
    pathOf: (checkpoint) => checkpoints.get(checkpoint)?.directory ?? checkpoint,
    dtype: (first && dtypes[first.dtype]) ?? 'bfloat16',
  });
}
