import path from 'node:path';
import { InputError } from '../../shared/errors';
import { readSmallFile } from '../files/containedFile';
import { parseJson, type JsonObject } from './strictJson';

/** Bytes; side files other than the tokenizer are a hundredth of it. */
const sizeLimit = 10e6;

/**
 * A side file as an object.
 * @param there the names in the folder
 * @returns null where the folder has none of that name
 * @throws InputError when it cannot be read, is too large, or is no JSON object
 */
export async function readSideFile(
  directory: string,
  name: string,
  there: ReadonlySet<string>,
): Promise<JsonObject | null> {
  if (!there.has(name)) return null;
  const file = path.join(directory, name);
  const value = parseJson(file, await readSmallFile(file, { within: directory, limit: sizeLimit }), {
    nonFinite: true,
  });
  if (!(value instanceof Map)) throw new InputError(`${file} must hold an object`);
  return value as JsonObject;
}
