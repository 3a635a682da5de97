/** What preprocessor_config.json, or the `image_processor` of processor_config.json, says. */
import type { PreprocessorSettings } from '../model/imageProcessor';
import { changesAnswers, harmless, isStatement, leavesOf, statement, unread } from './sidecarStatement';
import type { SidecarRule, SidecarStatement } from './sidecarStatement';
import type { JsonObject, JsonValue } from './strictJson';

/** Where the settings stand does not matter: they are stated under one name. */
export const processorFile = 'preprocessor_config.json';

const resized = changesAnswers('Images are resized to other limits, so the model sees them larger or smaller.');
const cut = changesAnswers('Images are cut into other patches, which only a vision tower made for them can read.');
const normalised = changesAnswers('Pixels are normalised otherwise, so the model sees other colours.');

const settings: Readonly<Record<string, readonly [keyof PreprocessorSettings, SidecarRule]>> = {
  min_pixels: ['minPixels', resized],
  max_pixels: ['maxPixels', resized],
  patch_size: ['patchSize', cut],
  temporal_patch_size: ['temporalPatchSize', cut],
  merge_size: ['mergeSize', cut],
  image_mean: ['mean', normalised],
  image_std: ['std', normalised],
};

/** Read with their defaults, or refused where they ask for something else. */
const readElsewhere = /^(size\..*|resample|rescale_factor|do_resize|do_rescale|do_normalize)$/;

// Fields of other families' processors, which are compared word for word.
const rules: readonly (readonly [RegExp, SidecarRule])[] = [
  [/^(size|crop_size)(\.|$)|^(resample|do_resize|do_center_crop|do_pad)$/, resized],
  [/^(do_rescale|rescale_factor|do_normalize|do_convert_rgb)$/, normalised],
  [/^(image_processor_type|feature_extractor_type|processor_class)$/, harmless('It names the class that reads it.')],
];

/**
 * @param fields as the file has them
 * @param read as the product reads them; null for families that it does not run
 */
export function processorStatements(
  file: string,
  fields: JsonObject,
  read: PreprocessorSettings | null,
): SidecarStatement[] {
  const stated = new Map<string, JsonValue>();
  for (const [field, [key]] of Object.entries(settings)) if (read) stated.set(field, single(read[key]));
  for (const [field, value] of leavesOf(file, fields)) {
    if (!stated.has(field) && !(read && readElsewhere.test(field))) stated.set(field, value);
  }
  return [...stated].map(([field, value]) => statement(processorFile, field, value, ruleOf(field))).filter(isStatement);
}

function ruleOf(field: string): SidecarRule {
  if (Object.hasOwn(settings, field)) return settings[field]![1];
  return rules.find(([pattern]) => pattern.test(field))?.[1] ?? unread;
}

/** Some versions write the settings as they computed with them, in float32: the same numbers, longer written. */
function single(value: number | readonly number[]): JsonValue {
  return typeof value === 'number' ? value : value.map(Math.fround);
}
