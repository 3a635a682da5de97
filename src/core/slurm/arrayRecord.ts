import * as z from 'zod';
import { devices } from '../../shared/vocabulary';
import { InputError } from '../../shared/errors';
import { writeFileAtomic } from '../files/atomicWrite';
import { readTextFile } from '../files/containedFile';
import { isMissing } from '../files/fileErrors';
import { checkArrayOptions, mostShards } from './arrayOptions';

const text = z.string().max(4000);
const token = z.string().regex(/^[0-9a-f]{12}$/);
const job = z.string().regex(/^\d{1,18}$/);
const shard = z
  .number()
  .int()
  .min(0)
  .max(mostShards - 1);

const recordSchema = z.strictObject({
  version: z.literal(1),
  step: text,
  options: z.strictObject({
    shards: z.number(),
    device: z.enum(['auto', ...devices]),
    partition: text.nullable(),
    account: text.nullable(),
    time: text.nullable(),
    memory: text.nullable(),
    cpus: z.number().nullable(),
    gpus: z.number(),
  }),
  /** The first has all shards, each later one those that were sent again. The token is in their shards' notes. */
  submissions: z
    .array(
      z.strictObject({
        job,
        token,
        collector: job.nullable(),
        shards: z.array(shard).min(1).max(mostShards),
        time: text,
      }),
    )
    .max(1000),
  cancelled: z.boolean(),
  /** When one run was made of the shards. */
  collected: text.nullable(),
});

/** `array.json`: what was sent to Slurm. */
export type ArrayRecord = z.infer<typeof recordSchema>;

const sizeLimit = 8 << 20;

/** Null where nothing was sent. @throws InputError when the file is damaged */
export async function readRecord(file: string): Promise<ArrayRecord | null> {
  let content: string;
  try {
    content = await readTextFile(file, { limit: sizeLimit });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const record = recordSchema.parse(JSON.parse(content));
    checkArrayOptions(record.options);
    const { shards } = record.options;
    if (record.submissions.every((each) => each.shards.every((index) => index < shards))) return record;
  } catch {
    // falls through to the error that names the file
  }
  throw new InputError(`${file} is damaged`, 'If nothing of the step runs on Slurm, delete it.');
}

export function writeRecord(file: string, record: ArrayRecord): Promise<void> {
  return writeFileAtomic(file, JSON.stringify(record, null, 1) + '\n');
}

/** All jobs that were sent, the collecting ones too. */
export function jobsOf({ submissions }: ArrayRecord): string[] {
  return submissions.flatMap(({ job: id, collector }) => (collector === null ? [id] : [id, collector]));
}
