import { createHash } from 'node:crypto';
import type { SidecarRecord } from '../checkpoint/sidecarWords';
import { readTextFile } from '../files/containedFile';
import type { InputHashes, InputRecord } from './inputHashes';
import { ownBatches, unitsOf } from './plannedRows';
import type { RunOptions } from './runStep';
import type { StepContext, StepPlan } from './step';

/** manifest.json: what a run was made of. The only file of a run folder that may hold times and versions. */
export interface Manifest {
  readonly version: 1;
  readonly step: string;
  readonly kind: string;
  /** Hash of method version, options, device and data files: another hash is another run. */
  readonly plan: string;
  readonly device: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number | null;
  readonly inputs: readonly InputRecord[];
  readonly facts: Readonly<Record<string, unknown>>;
  /** What the side files of the checkpoints disagree about; manifests of older versions do not have it. */
  readonly sidecars?: SidecarRecord;
  readonly versions: Readonly<Record<string, string>>;
  readonly shard: ShardRecord | null;
  readonly started: string;
  readonly state: 'running' | 'finished' | 'cancelled' | 'failed';
  /** Why it failed. */
  readonly message?: string;
}

export interface ShardRecord {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** Of work, as the plan counts them. */
  readonly units: number;
  /** How many there are when it is finished. */
  readonly rows?: number;
}

const manifestSizeLimit = 64 << 20;

export function createManifest(
  plan: StepPlan,
  { device }: StepContext,
  options: RunOptions,
  hashes: InputHashes,
): Manifest {
  const data = hashes.inputs().filter(({ kind }) => kind === 'data');
  const shard = options.shard ?? null;
  const decisive = { kind: options.kind, method: plan.version, options: plan.options, device, data, shard };
  return {
    version: 1,
    step: options.step,
    kind: options.kind,
    plan: createHash('sha256').update(canonicalJson(decisive)).digest('hex'),
    device,
    options: plan.options,
    seed: typeof plan.options.seed === 'number' ? plan.options.seed : null,
    inputs: hashes.inputs(),
    facts: plan.facts,
    ...(plan.sidecars ? { sidecars: plan.sidecars } : {}),
    versions: options.versions,
    shard: shard && { ...shard, units: unitsOf(ownBatches(plan.batches, shard)) },
    started: new Date().toISOString(),
    state: 'running',
  };
}

/** The manifest of an earlier run, or null when there is none that can be read. */
export async function readManifest(file: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readTextFile(file, { limit: manifestSizeLimit })) as Manifest;
  } catch {
    return null;
  }
}

/** Whether rows of the earlier run may stand beside rows of this one. */
export async function isSameRun(previous: Manifest, current: Manifest, hashes: InputHashes): Promise<boolean> {
  return previous.plan === current.plan && (await hashes.sameWeights(previous.inputs));
}

/** JSON with sorted keys: equal values give equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}
