/**
 * Multimodal rotary positions (mRoPE): every token has a temporal, a height and a width position (transformers,
 * modeling_qwen2_5_vl.py, get_rope_index, for text and still images).
 */
import type { TextConfig } from '../checkpoint/modelConfig';
import type { PatchGrid } from './visionLayout';

/** Three positions per token, each array [tokens]. */
export interface Positions {
  readonly axes: readonly [Int32Array, Int32Array, Int32Array];
  /** The position of the token that follows, on all axes. */
  readonly next: number;
}

/**
 * Text counts on; an image's tokens share the temporal position and take the height and width of their merged cell;
 * what follows starts after the image's longer side.
 * @param tokens the prompt, image placeholders expanded
 * @param grids of the images, in patches, in order
 */
export function promptPositions(
  tokens: readonly number[],
  grids: readonly PatchGrid[],
  imageToken: number,
  mergeSize: number,
): Positions {
  const axes: [Int32Array, Int32Array, Int32Array] = [0, 1, 2].map(() => new Int32Array(tokens.length)) as never;
  let position = 0;
  let image = 0;
  for (let i = 0; i < tokens.length;) {
    if (tokens[i] !== imageToken) {
      for (const axis of axes) axis[i] = position;
      position++;
      i++;
      continue;
    }
    const rows = grids[image]!.height / mergeSize;
    const columns = grids[image++]!.width / mergeSize;
    for (let cell = 0; cell < rows * columns; cell++, i++) {
      axes[0][i] = position;
      axes[1][i] = position + Math.floor(cell / columns);
      axes[2][i] = position + (cell % columns);
    }
    position += Math.max(rows, columns);
  }
  return { axes, next: position };
}

/** Positions of text that continues at `next`. */
export function textPositions(next: number, length: number): Positions {
  const axis = Int32Array.from({ length }, (_, i) => next + i);
  return { axes: [axis, axis, axis], next: next + length };
}

/** The part `[from, to)` of `positions`. */
export function slicePositions({ axes, next }: Positions, from: number, to: number): Positions {
  return { axes: axes.map((axis) => axis.slice(from, to)) as never, next };
}

/** Writes cos and sin of one token's angles, each [headSize/2], at `at` of `cos` and `sin`. */
export class RotaryTables {
  /** Angles per token. */
  readonly half: number;
  private readonly inverse: Float32Array;
  private readonly axisOf: Uint8Array;

  constructor({ headSize, ropeTheta, mropeSection }: TextConfig) {
    const half = headSize / 2;
    this.half = half;
    this.inverse = Float32Array.from({ length: half }, (_, i) => 1 / ropeTheta ** ((2 * i) / headSize));
    const [temporal, height] = mropeSection ?? [half, 0];
    this.axisOf = Uint8Array.from({ length: half }, (_, i) => (i < temporal ? 0 : i < temporal + height ? 1 : 2));
  }

  write({ axes }: Positions, token: number, cos: Float32Array, sin: Float32Array, at: number): void {
    for (let i = 0; i < this.inverse.length; i++) {
      const angle = Math.fround(axes[this.axisOf[i]!]![token]! * this.inverse[i]!);
      cos[at + i] = Math.cos(angle);
      sin[at + i] = Math.sin(angle);
    }
  }
}
