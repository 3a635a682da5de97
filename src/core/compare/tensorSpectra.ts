import type { SpectrumPreview, SubspaceOverlap, UpdateSpectrum } from '../../shared/compareResults';
import { matrixShape, type ComparedTensor, type TensorPair } from './matchTensors';
import { subspaceOverlap, type Directions } from './spectrum/directions';
import { isWorthPreviewing } from './spectrum/previewSpectrum';
import { SpectrumAnalyser, spectrumBytes } from './spectrum/spectrum';
import { UpdateMatrices } from './updateMatrix';
import type { WeightTools } from './weightTools';

/** A matrix's spectrum in one phase, and the directions it shares. */
export type TensorSpectrum = UpdateSpectrum & { readonly overlap: SubspaceOverlap };

/** Update diversity: in how many directions each matrix moved. */
export class TensorSpectra {
  constructor(
    private readonly analyser: SpectrumAnalyser,
    private readonly matrices: UpdateMatrices,
  ) {}

  /** Exact spectra of a tensor in all phases; none of one that is no matrix or is skipped. */
  async analyse(tensor: ComparedTensor, signal: AbortSignal): Promise<Map<TensorPair, TensorSpectrum>> {
    const spectra = new Map<TensorPair, TensorSpectrum>();
    const updates = new Map<TensorPair, Directions>();
    for (const pair of tensor.pairs.filter(isMatrix)) {
      const { spectrum, directions } = await this.analyser.analyse(this.matrices.update(pair), signal);
      const weights = await this.analyser.leadingDirections(this.matrices.weights(pair), signal);
      const earlier = tensor.pairs.find(({ to }) => to === pair.from);
      const previous = earlier && updates.get(earlier);
      updates.set(pair, directions);
      const overlap = {
        dimension: directions.dimension,
        previous: previous ? subspaceOverlap(directions, previous) : null,
        weights: subspaceOverlap(directions, weights),
      };
      spectra.set(pair, { ...spectrum, overlap });
    }
    return spectra;
  }

  /** A quick estimate; null of what is no matrix, or whose exact values come as soon. */
  async preview(key: string, pair: TensorPair, signal: AbortSignal): Promise<SpectrumPreview | null> {
    if (!isMatrix(pair)) return null;
    const { rows, columns } = matrixShape(pair.shape)!;
    if (!isWorthPreviewing(rows, columns)) return null;
    return { key, ...(await this.analyser.preview(this.matrices.update(pair), signal)) };
  }

  /** Bytes that the largest of the tensors takes. */
  workingBytes(tensors: readonly ComparedTensor[]): number {
    const matrices = tensors.flatMap(({ pairs }) => pairs.filter(isMatrix)).map(({ shape }) => matrixShape(shape)!);
    return Math.max(0, ...matrices.map(({ rows, columns }) => spectrumBytes(rows, columns)));
  }
}

/** Spectra of matrices that `tools` read. */
export function spectraWith({ runtime, read }: WeightTools): TensorSpectra {
  return new TensorSpectra(new SpectrumAnalyser(runtime), new UpdateMatrices(read));
}

function isMatrix({ skipped, shape, entries }: TensorPair): boolean {
  return skipped === null && entries > 0 && matrixShape(shape) !== null;
}
