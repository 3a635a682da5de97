import type { PreprocessorSettings } from '../model/imageProcessor';
import type { JsonFields } from './jsonFields';

const pixels = { min: 1, max: 2 ** 40 };
const side = { min: 1, max: 1024 };
const frames = { min: 1, max: 64 };
/** PIL.Image.BICUBIC. */
const bicubic = 3;

/**
 * The image processor's settings. Where the file is silent, the defaults of transformers' Qwen2VLImageProcessor.
 * @throws InputError naming the key
 */
export function preprocessorSettings(fields: JsonFields): PreprocessorSettings {
  for (const step of ['do_resize', 'do_rescale', 'do_normalize']) {
    if (fields.boolean(step) === false) fields.refuse(step, 'true');
  }
  if (fields.has('resample') && fields.value('resample') !== bicubic) fields.refuse('resample', `${bicubic} (bicubic)`);
  const factor = fields.number('rescale_factor', { min: 0, max: 1 });
  if (factor !== null && Math.abs(factor * 255 - 1) > 1e-6) fields.refuse('rescale_factor', '1/255');

  const size = fields.object('size');
  const minPixels =
    fields.integer('min_pixels', pixels) ??
    size?.integer('shortest_edge', pixels) ??
    size?.integer('min_pixels', pixels) ??
    56 * 56;
  const maxPixels =
    fields.integer('max_pixels', pixels) ??
    size?.integer('longest_edge', pixels) ??
    size?.integer('max_pixels', pixels) ??
    28 * 28 * 1280;
  if (minPixels > maxPixels) fields.refuse('min_pixels', `at most max_pixels, ${maxPixels}`);
  const std = fields.numbers('image_std', 3) ?? [0.26862954, 0.26130258, 0.27577711];
  if (!std.every((value) => value > 0)) fields.refuse('image_std', 'positive');
  return {
    minPixels,
    maxPixels,
    patchSize: fields.integer('patch_size', side) ?? 14,
    temporalPatchSize: fields.integer('temporal_patch_size', frames) ?? 2,
    mergeSize: fields.integer('merge_size', frames) ?? 2,
    mean: fields.numbers('image_mean', 3) ?? [0.48145466, 0.4578275, 0.40821073],
    std,
  };
}
