import type { VisionFunction } from '../../shared/vocabulary';
import type { ImageSize } from '../model/imageProcessor';
import type { Box, PairMeta } from '../probe/pairs';
import type { Draw } from './draw';
import { backgrounds } from './palette';
import type { Scene } from './scene';

/** A pair before it is drawn. Both drawings have the same size, so that every model sees as many tokens in each. */
export interface PlannedPair {
  readonly function: VisionFunction;
  readonly id: string;
  readonly prompt: string;
  readonly meta: PairMeta;
  readonly target: Scene;
  readonly source: Scene;
  /** Where the drawings differ; everywhere else they are the same. */
  readonly changed: readonly Box[];
}

/** What a function says of a pair; the rest is the same for all. */
export type PairContent = Omit<PlannedPair, 'function' | 'id'>;

export function emptyScene({ width, height }: ImageSize, draw: Draw): Scene {
  return { width, height, background: draw.one(backgrounds), items: [] };
}

/** What every meta says: the size, and where the images differ. */
export function sharedMeta({ width, height }: ImageSize, changed: readonly Box[]): PairMeta {
  return { canvas_size: [width, height], changed_bboxes_xyxy: changed };
}
