/** A comparison cut into batches: the tensors of one or several phases, one row per tensor and phase. */
import type { CompareFacts, ComparePreview, CompareRow, SpectrumPreview } from '../../shared/compareResults';
import { InputError } from '../../shared/errors';
import type { Regions } from '../../shared/vocabulary';
import { assertUnchanged } from '../checkpoint/assertUnchanged';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { Log } from '../ports';
import { summariseCompare } from './compareSummary';
import { rowOf, warnOfOddities } from './compareRow';
import { measureEnergies, type EnergyMeter } from './energy';
import { matchTensors, onlyIn, type ComparedTensor, type TensorPair } from './matchTensors';
import type { TensorSpectra } from './tensorSpectra';

/** A phase between two opened checkpoints and what they are called. */
export interface NamedPhase {
  readonly from: string;
  readonly to: string;
  readonly fromCheckpoint: Checkpoint;
  readonly toCheckpoint: Checkpoint;
}

export interface CompareTools {
  readonly meter: EnergyMeter;
  /** Null where energies are all that is asked for. */
  readonly spectra: TensorSpectra | null;
  readonly log: Log;
}

export interface ComparePlan {
  readonly facts: CompareFacts;
  readonly batches: readonly { readonly tensors: readonly ComparedTensor[]; readonly keys: readonly string[] }[];
  /** Bytes of memory that the largest matrix takes. */
  readonly working: number;
  runBatch(batch: number, signal: AbortSignal): Promise<CompareRow[]>;
  /** Exact energies and estimated spectra of a batch, in a fraction of the time. */
  previewBatch(batch: number, signal: AbortSignal): Promise<ComparePreview>;
  summarise(rows: readonly CompareRow[]): ReturnType<typeof summariseCompare>;
}

/** Entries of a batch: large enough that all cores are busy, small enough to show progress. */
const energyBatch = 128 << 20;
const spectrumBatch = 256 << 10;

/**
 * @param regions of the decoder layers, where they are known
 * @throws InputError when two checkpoints have no tensor in common
 */
export function planCompare(phases: readonly NamedPhase[], regions: Regions | null, tools: CompareTools): ComparePlan {
  const matched = matchTensors(
    phases.map(({ fromCheckpoint, toCheckpoint }) => ({ from: fromCheckpoint, to: toCheckpoint })),
  );
  const facts: CompareFacts = {
    phases: phases.map(({ from, to, fromCheckpoint, toCheckpoint }) => {
      return { from, to, onlyFrom: onlyIn(fromCheckpoint, toCheckpoint), onlyTo: onlyIn(toCheckpoint, fromCheckpoint) };
    }),
    spectrum: tools.spectra !== null,
    numLayers: phases[0]!.toCheckpoint.config.numLayers,
    regions,
    rows: matched.reduce((sum, { pairs }) => sum + pairs.length, 0),
  };
  phases.forEach((phase, i) =>
    checkPhase(
      phase,
      facts.phases[i]!,
      matched.some(({ pairs }) => pairs.some((p) => p.phase === i)),
      tools.log,
    ),
  );
  const keyOf = ({ phase, to }: TensorPair) => `${phases[phase]!.from}→${phases[phase]!.to}/${to.name}`;
  const batches = cutBatches(matched, tools.spectra ? spectrumBatch : energyBatch).map((tensors) => {
    return { tensors, keys: tensors.flatMap(({ pairs }) => pairs.map(keyOf)) };
  });
  const shards = phases.flatMap(({ fromCheckpoint, toCheckpoint }) => [
    ...fromCheckpoint.shards,
    ...toCheckpoint.shards,
  ]);
  const rowsOf = async (batch: number, signal: AbortSignal) => {
    const { tensors } = batches[batch]!;
    const measured = await measureEnergies(tensors, tools.meter, signal);
    await assertUnchanged(shards, 'being compared');
    return tensors.flatMap((tensor, i) =>
      tensor.pairs.map((pair) => {
        const own = measured[i]!.find((update) => update.pair === pair);
        return { pair, row: rowOf(keyOf(pair), phases[pair.phase]!, pair, own) };
      }),
    );
  };
  return {
    facts,
    batches,
    working: tools.spectra?.workingBytes(matched) ?? 0,
    runBatch: async (batch, signal) => {
      const rows = await rowsOf(batch, signal);
      for (const { row } of rows) warnOfOddities(row, tools.log);
      if (!tools.spectra) return rows.map(({ row }) => row);
      const { tensors } = batches[batch]!;
      const spectra = new Map<TensorPair, Partial<CompareRow>>();
      for (const tensor of tensors) {
        for (const [pair, spectrum] of await tools.spectra.analyse(tensor, signal)) spectra.set(pair, spectrum);
      }
      await assertUnchanged(shards, 'being compared');
      return rows.map(({ pair, row }) => ({ ...row, ...spectra.get(pair) }));
    },
    previewBatch: async (batch, signal) => {
      const rows = await rowsOf(batch, signal);
      const estimates: SpectrumPreview[] = [];
      for (const { pair, row } of rows) {
        const estimate = await tools.spectra?.preview(row.key, pair, signal);
        if (estimate) estimates.push(estimate);
      }
      return { rows: rows.map(({ row }) => row), estimates };
    },
    summarise: (rows) => summariseCompare(facts, rows),
  };
}

function checkPhase(
  { from, to, fromCheckpoint, toCheckpoint }: NamedPhase,
  { onlyFrom, onlyTo }: CompareFacts['phases'][number],
  matches: boolean,
  log: Log,
): void {
  if (!matches) {
    throw new InputError(
      `${from} (${fromCheckpoint.family}) and ${to} (${toCheckpoint.family}) have no tensor in common`,
      'Compare checkpoints of one architecture.',
    );
  }
  if (fromCheckpoint.family !== toCheckpoint.family) {
    log.warn(`${from} is a ${fromCheckpoint.family}, ${to} a ${toCheckpoint.family}: tensors are matched by name`);
  }
  const layers = [fromCheckpoint, toCheckpoint].map(({ config }) => config.numLayers);
  if (layers[0] !== layers[1]) log.warn(`${from} has ${layers[0]} decoder layers, ${to} ${layers[1]}`);
  for (const [has, lacks, names] of [
    [from, to, onlyFrom],
    [to, from, onlyTo],
  ] as const) {
    if (names.length > 0) log.warn(`${names.length} tensors of ${has} are not in ${lacks}, the first is ${names[0]}`);
  }
}

/** Runs of tensors of at most so many entries in all; a larger tensor is a batch of its own. */
function cutBatches(tensors: readonly ComparedTensor[], most: number): ComparedTensor[][] {
  const batches: ComparedTensor[][] = [];
  let entries = Infinity;
  for (const tensor of tensors) {
    const own = Math.max(...tensor.pairs.map((pair) => pair.entries));
    if (entries + own > most) {
      batches.push([]);
      entries = 0;
    }
    batches.at(-1)!.push(tensor);
    entries += own;
  }
  return batches;
}
