/** How mergekit's files name a model: `path[@revision][+adapter[@revision]]`, or a mapping of the same. */
import * as z from 'zod';

export interface ModelReference {
  /** A folder, or a name on the Hub. */
  readonly path: string;
  readonly revision: string | null;
  /** A LoRA on top. */
  readonly adapter: string | null;
}

export function modelReferenceSchema() {
  const path = z.union([
    z.string().min(1),
    z.strictObject({ path: z.string().min(1), revision: z.string().nullish() }),
  ]);
  return z.union(
    [
      z.string().min(1),
      z.strictObject({ model: path, lora: path.nullish(), override_architecture: z.string().nullish() }),
    ],
    { error: 'a model is a path, or a mapping with model' },
  );
}

export type RawModelReference = z.infer<ReturnType<typeof modelReferenceSchema>>;

export function readModelReference(raw: RawModelReference): ModelReference {
  if (typeof raw === 'string') {
    const [model = '', adapter = null] = raw.split('+');
    return { ...readPath(model), adapter };
  }
  const adapter = raw.lora ? readPath(raw.lora).path : null;
  return { ...readPath(raw.model), adapter };
}

function readPath(raw: string | { path: string; revision?: string | null | undefined }): {
  path: string;
  revision: string | null;
} {
  if (typeof raw !== 'string') return { path: raw.path, revision: raw.revision ?? null };
  const [path = '', revision = null] = raw.split('@');
  return { path, revision };
}
