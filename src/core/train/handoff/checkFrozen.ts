/** Whether a checkpoint that was trained elsewhere kept what was frozen: every byte is read back. */
import path from 'node:path';
import * as z from 'zod';
import { InputError } from '../../../shared/errors';
import { openCheckpoint, type Checkpoint, type TensorEntry } from '../../checkpoint/checkpoint';
import { familyOf } from '../../checkpoint/families';
import { countElements } from '../../checkpoint/shapes';
import { decodeFloats, isFloat, type FloatDtype } from '../../compare/floats';
import { readTextFile } from '../../files/containedFile';
import { WeightReader } from '../../files/weightReader';
import { countOf } from '../freeze';

export interface FrozenCheck {
  readonly start: string;
  readonly result: string;
  readonly frozen: {
    readonly tensors: number;
    readonly parameters: number;
    /** Names of frozen tensors, as the start has them, whose values are other ones now. */
    readonly moved: readonly string[];
    /** And of those that the result does not have. */
    readonly missing: readonly string[];
    /** How many were held against each other by dtype: `BF16`, or `BF16 → F32` where the trainer wrote another one. */
    readonly dtypes: Readonly<Record<string, number>>;
  };
  /** `unmoved` are names of trained tensors that are as they were. */
  readonly trained: { readonly tensors: number; readonly moved: number; readonly unmoved: readonly string[] };
  /** Whether all that is frozen is there and bit for bit the same. */
  readonly kept: boolean;
}

const fileLimit = 64 << 20;
/** Elements that are compared at a time. */
const chunk = 1 << 20;

const frozenSchema = z.object({ tensors: z.array(z.string()) });
const handoffSchema = z.object({ start: z.object({ name: z.string(), path: z.string() }) });

/**
 * @param folder what `writeHandoff` wrote
 * @param start the start checkpoint, where it is no longer where it was
 * @throws InputError when a checkpoint or the folder cannot be read, or the start is another one
 */
export async function checkHandoff(
  folder: string,
  result: string,
  start: string | null,
  signal: AbortSignal,
): Promise<FrozenCheck> {
  const { tensors } = await readJson(path.join(folder, 'frozen.json'), frozenSchema);
  const handoff = await readJson(path.join(folder, 'handoff.json'), handoffSchema);
  const from = await openCheckpoint(start ?? path.resolve(folder, handoff.start.path));
  const to = await openCheckpoint(result);
  const { canonicalName } = familyOf(from.config.modelType);
  const frozen = new Set(tensors.map(canonicalName));
  const unknown = [...frozen].find((name) => !from.tensors.has(name));
  if (unknown !== undefined) {
    throw new InputError(
      `${from.directory} has no ${unknown}: it is not the start of ${folder}`,
      'Name it: --start DIR',
    );
  }
  return compareWithStart(from, to, frozen, signal);
}

/** @param frozen canonical names, all of them in `from` */
export function compareWithStart(
  from: Checkpoint,
  to: Checkpoint,
  frozen: ReadonlySet<string>,
  signal: AbortSignal,
): FrozenCheck {
  const reader = new WeightReader();
  const [moved, missing, unmoved]: [string[], string[], string[]] = [[], [], []];
  const dtypes: Record<string, number> = {};
  let trainedMoved = 0;
  let trained = 0;
  try {
    for (const a of from.tensors.values()) {
      signal.throwIfAborted();
      const b = to.tensors.get(a.canonicalName);
      const isFrozen = frozen.has(a.canonicalName);
      if (!b) {
        if (isFrozen) missing.push(a.name);
        continue;
      }
      const same = isSame(reader, a, b);
      if (isFrozen) {
        const key = a.dtype === b.dtype ? a.dtype : `${a.dtype} → ${b.dtype}`;
        dtypes[key] = (dtypes[key] ?? 0) + 1;
        if (!same) moved.push(a.name);
      } else {
        trained++;
        if (same) unmoved.push(a.name);
        else trainedMoved++;
      }
    }
  } finally {
    reader.close();
  }
  const kept = [...from.tensors.values()].filter(({ canonicalName }) => frozen.has(canonicalName));
  return {
    start: from.directory,
    result: to.directory,
    frozen: { ...countOf(kept), moved, missing, dtypes },
    trained: { tensors: trained, moved: trainedMoved, unmoved },
    kept: moved.length === 0 && missing.length === 0,
  };
}

/** Of one dtype: the same bytes. Of two: the same numbers, to the sign of zero. */
function isSame(reader: WeightReader, a: TensorEntry, b: TensorEntry): boolean {
  const count = countElements(a.shape);
  if (a.shape.length !== b.shape.length || a.shape.some((size, i) => size !== b.shape[i])) return false;
  if (count === 0) return true;
  if (a.dtype !== b.dtype && !(isFloat(a.dtype) && isFloat(b.dtype))) return false;
  const [widthA, widthB] = [a.length / count, b.length / count];
  for (let done = 0; done < count; done += chunk) {
    const some = Math.min(chunk, count - done);
    const [left, right] = [Buffer.alloc(some * widthA), Buffer.alloc(some * widthB)];
    reader.read(a.path, a.offset + done * widthA, left);
    reader.read(b.path, b.offset + done * widthB, right);
    if (a.dtype === b.dtype ? !left.equals(right) : !sameNumbers(a.dtype, left, b.dtype, right)) return false;
  }
  return true;
}

function sameNumbers(a: TensorEntry['dtype'], left: Buffer, b: TensorEntry['dtype'], right: Buffer): boolean {
  const values = decodeFloats(a as FloatDtype, left);
  const others = decodeFloats(b as FloatDtype, right);
  return values.length === others.length && values.every((value, i) => Object.is(value, others[i]));
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readTextFile(file, { limit: fileLimit });
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const cause = { cause: error };
    throw new InputError(`${file} is not what handoff writes`, 'Make the folder anew with handoff --out.', cause);
  }
}
