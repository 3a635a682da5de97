import type { CompareRow } from '../../shared/compareResults';
import type { CompareParams, CompareResult, RunProgress } from '../../shared/protocol/engine';
import { openCheckpoint } from '../checkpoint/checkpoint';
import { sidecarDifferences } from '../checkpoint/sidecarDifferences';
import { describeDifference, gravestOf } from '../checkpoint/sidecarWords';
import type { Log } from '../ports';
import { regionsOfPhases } from './phaseRegions';
import { planCompare } from './planCompare';
import { spectraWith } from './tensorSpectra';
import type { WeightTools } from './weightTools';

/** Compares two folders at once, without an experiment file or a run folder. */
export async function compareFolders(
  { from, to, spectrum }: Pick<CompareParams, 'from' | 'to' | 'spectrum'>,
  tools: WeightTools,
  log: Log,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
): Promise<CompareResult> {
  const [fromCheckpoint, toCheckpoint] = [await openCheckpoint(from.directory), await openCheckpoint(to.directory)];
  const phases = [{ from: from.name, to: to.name, fromCheckpoint, toCheckpoint }];
  for (const difference of gravestOf(await sidecarDifferences([from, to]))) {
    log.warn(`side files differ: ${describeDifference(difference)}`);
  }
  const spectra = spectrum ? spectraWith(tools) : null;
  const plan = planCompare(phases, regionsOfPhases('thirds', phases, log), { meter: tools.meter, spectra, log });
  const total = plan.batches.reduce((sum, { tensors }) => sum + tensors.length, 0);
  const rows: CompareRow[] = [];
  const started = performance.now();
  let done = 0;
  for (const [i, { tensors }] of plan.batches.entries()) {
    signal.throwIfAborted();
    rows.push(...(await plan.runBatch(i, signal)));
    done += tensors.length;
    const perTensor = (performance.now() - started) / 1000 / done;
    onProgress({ phase: 'running', done, total, unit: 'tensors', secondsLeft: perTensor * (total - done) });
  }
  return { ...plan.summarise(rows), device: tools.runtime.device };
}
