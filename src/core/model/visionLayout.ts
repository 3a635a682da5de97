/**
 * The host's side of the vision tower: in which order patches come, which of them share a window, and by which angles
 * their queries and keys are turned (transformers, modeling_qwen2_5_vl.py, get_window_index and rot_pos_emb).
 */
import type { VisionConfig } from '../checkpoint/modelConfig';

/** An image's patches: rows and columns, both multiples of the merge size. */
export interface PatchGrid {
  readonly height: number;
  readonly width: number;
}

/** All that the tower needs to know of images with one grid. Order and angles depend on nothing else. */
export interface VisionLayout {
  readonly patches: number;
  /** For each merged cell in window order, its place in the image's own (row-major) order. */
  readonly cellOrder: Int32Array;
  /** cos and sin [patches, headSize/2], in window order. */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly windows: number;
  /** Patches in the largest window. */
  readonly longest: number;
  /** [windows, longest], padded with 0. */
  readonly windowRows: BigInt64Array;
  /** [windows, longest], 0 or {@link unseen}. */
  readonly windowMask: Float32Array;
  /** [patches]. */
  readonly windowInverse: BigInt64Array;
}

/** Added to a score that must not count: its exponential is exactly 0 beside any real one. */
export const unseen = -1e9;

export function visionLayout(grid: PatchGrid, config: VisionConfig): VisionLayout {
  const merge = config.spatialMergeSize;
  const rows = grid.height / merge;
  const columns = grid.width / merge;
  const side = Math.floor(config.windowSize / merge / config.patchSize);
  const unit = merge * merge;

  // Windows row by row; inside a window its cells row by row; windows at the right and bottom edge are partial.
  const cells: number[] = [];
  const windowLengths: number[] = [];
  for (let top = 0; top < rows; top += side) {
    for (let left = 0; left < columns; left += side) {
      const before = cells.length;
      for (let r = top; r < Math.min(top + side, rows); r++) {
        for (let c = left; c < Math.min(left + side, columns); c++) cells.push(r * columns + c);
      }
      windowLengths.push((cells.length - before) * unit);
    }
  }
  return {
    patches: grid.height * grid.width,
    cellOrder: Int32Array.from(cells),
    ...rotaryTables(cells, columns, config),
    ...windowTables(windowLengths, grid.height * grid.width),
  };
}

/** Patches of a cell come row by row; the first half of the frequencies turns with the row, the second with the column. */
function rotaryTables(cells: readonly number[], columns: number, config: VisionConfig) {
  const merge = config.spatialMergeSize;
  const half = config.hiddenSize / config.numHeads / 2;
  const quarter = half / 2;
  const inverse = Array.from({ length: quarter }, (_, i) => Math.fround(1 / config.ropeTheta ** ((2 * i) / half)));
  const cos = new Float32Array(cells.length * merge * merge * half);
  const sin = new Float32Array(cos.length);
  let at = 0;
  for (const cell of cells) {
    const top = Math.floor(cell / columns) * merge;
    const left = (cell % columns) * merge;
    for (let patch = 0; patch < merge * merge; patch++) {
      const position = [top + Math.floor(patch / merge), left + (patch % merge)];
      for (const axis of position) {
        for (const frequency of inverse) {
          const angle = Math.fround(axis * frequency);
          cos[at] = Math.cos(angle);
          sin[at++] = Math.sin(angle);
        }
      }
    }
  }
  return { cos, sin };
}

function windowTables(lengths: readonly number[], patches: number) {
  const longest = Math.max(...lengths);
  const windowRows = new BigInt64Array(lengths.length * longest);
  const windowMask = new Float32Array(lengths.length * longest).fill(unseen);
  const windowInverse = new BigInt64Array(patches);
  let patch = 0;
  lengths.forEach((length, window) => {
    for (let i = 0; i < length; i++) {
      const place = window * longest + i;
      windowRows[place] = BigInt(patch);
      windowMask[place] = 0;
      windowInverse[patch++] = BigInt(place);
    }
  });
  return { windows: lengths.length, longest, windowRows, windowMask, windowInverse };
}
