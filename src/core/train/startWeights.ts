import type { TensorEntry } from '../checkpoint/checkpoint';
import { countElements } from '../checkpoint/shapes';
import type { ReadBytes } from '../compare/span';
import type { WeightValues } from './gradientEngine';
import { FloatReader } from './masterWeights';

/** A tensor's place in memory: layers of one kind share it. */
interface Room {
  /** Whose values are there. */
  name: string;
  readonly values: Float32Array;
}

/**
 * The weights that a training starts from, while others are what it has come to. What is frozen is what both have; the
 * rest is read from the start's files each time a layer is its turn, so that no second copy of the model is in memory.
 */
export class StartWeights implements WeightValues {
  private readonly reader: FloatReader;
  private readonly rooms = new Map<string, Room>();
  private readonly entries: ReadonlyMap<string, TensorEntry>;

  /**
   * @param entries of what is trained
   * @param frozen the values of the rest
   */
  constructor(
    entries: readonly TensorEntry[],
    private readonly frozen: ReadonlyMap<string, Float32Array>,
    read: ReadBytes,
  ) {
    this.reader = new FloatReader(read);
    this.entries = new Map(entries.map((entry) => [entry.canonicalName, entry]));
  }

  get(name: string): Float32Array | undefined {
    const entry = this.entries.get(name);
    if (!entry) return this.frozen.get(name);
    const key = roomOf(entry);
    const room = this.rooms.get(key) ?? { name: '', values: new Float32Array(countElements(entry.shape)) };
    this.rooms.set(key, room);
    if (room.name !== name) {
      room.name = '';
      this.reader.fill(entry, room.values);
      room.name = name;
    }
    return room.values;
  }
}

/** Numbers that `StartWeights` holds at once. */
export function startWeightsHeld(entries: readonly TensorEntry[]): number {
  const sizes = new Map(entries.map((entry) => [roomOf(entry), countElements(entry.shape)]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** Layers are computed one after another, and those of one part are alike. */
function roomOf({ canonicalName, layer, shape }: TensorEntry): string {
  const name = layer === null ? canonicalName : canonicalName.replace(`.${layer}.`, '.');
  return [name, ...shape].join(' ');
}
