import type { RowInput } from '../model/decoderFeeds';
import { cacheShape, DecoderRun, type DecoderSession, type RowSettings } from '../model/decoderRun';
import { feedPieces, type Piece } from '../model/feedPieces';
import { KeyValueCache } from '../model/keyValueCache';
import type { VisionLanguageModel } from '../model/visionLanguageModel';
import type { Below, Fed } from './ablateAnswer';
import { forkOf, type Sequence } from './ablateSequence';

/** The whole model's way from layer to layer. */
export class Climb {
  /** What the layers so far have read. */
  below: Below;

  /** @param fed the sequences at the input of the lowest layer, and later at that of the layer reached */
  constructor(
    private readonly model: VisionLanguageModel,
    readonly sequences: readonly Sequence[],
    public fed: Fed,
  ) {
    const table = (rows: readonly RowInput[]) =>
      new KeyValueCache(
        cacheShape(model.parts.text),
        rows.map(({ positions }) => positions.axes[0].length),
      );
    this.below = { layer: 0, stem: table([fed.stemRow]), rows: table(fed.rows) };
  }

  /** Runs the layers between the one reached and `layer`. */
  async to(layer: number, signal?: AbortSignal): Promise<void> {
    const { model, sequences, fed, below } = this;
    const reached = below.layer;
    if (layer < reached) throw new Error(`the sweep has passed layer ${layer}`);
    if (layer === reached) return;
    const whole = await model.decoder();
    const decoder = { ...whole, layersOn: whole.layersOn.map((_, l) => l >= reached && l < layer) };
    const empty = KeyValueCache.empty(cacheShape(model.parts.text));
    const stem = fed.stem === 0 ? null : await readThrough(model, decoder, empty, [fed.stemRow], {}, signal);
    const forks = sequences.map((one) => forkOf(one, fed.stem));
    const rest = await readThrough(model, decoder, stem?.read ?? empty, fed.rows, { forks }, signal);
    for (let l = reached; l < layer; l++) {
      if (stem) below.stem.takeLayer(stem.read, l);
      below.rows.takeLayer(rest.read, l);
    }
    [stem?.read, rest.read].forEach((read) => read?.free());
    this.fed = { ...fed, stemRow: stem?.rows[0] ?? fed.stemRow, rows: rest.rows };
    this.below = { ...below, layer };
  }

  /** Gives back what it keeps on a device. */
  free(): void {
    this.below.stem.free();
    this.below.rows.free();
  }
}

/** Runs the layers that are on. @returns keys and values, and the rows at the output of the last of them */
async function readThrough(
  model: VisionLanguageModel,
  decoder: DecoderSession,
  stem: KeyValueCache,
  rows: readonly RowInput[],
  settings: RowSettings,
  signal: AbortSignal | undefined,
): Promise<{ read: KeyValueCache; rows: RowInput[] }> {
  const width = model.parts.text.hiddenSize;
  const everyRow = rows.map(() => 0);
  const run = DecoderRun.sharing(decoder, stem, everyRow, settings);
  const hidden = rows.map(({ embedded }) => new Float32Array(embedded.length));
  const collect = ({ from, to, outputs }: Piece) => {
    const values = outputs.last_hidden!.data as Float32Array;
    hidden.forEach((own, row) => {
      const start = row * (to - from) * width;
      const length = Math.max(0, Math.min(own.length, to * width) - from * width);
      if (length > 0) own.set(values.subarray(start, start + length), from * width);
    });
  };
  const nothing = rows.map(() => []);
  await feedPieces(model, run, rows, nothing, ['last_hidden'], collect, signal);
  return { read: run.freeze(), rows: rows.map(({ positions }, i) => ({ embedded: hidden[i]!, positions })) };
}
