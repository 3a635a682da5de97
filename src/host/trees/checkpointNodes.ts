import type { OutlineNode } from '../../core/checkpoint/outline';
import type { ListedCheckpoint } from './arrangeCheckpoints';

/** The nodes of the Checkpoints tree; commands receive them. */
export type CheckpointsNode = CheckpointNode | CacheNode | InnerNode;

export interface CheckpointNode extends ListedCheckpoint {
  readonly kind: 'checkpoint';
}

/** The group of checkpoints in the Hugging Face cache. */
export interface CacheNode {
  readonly kind: 'cache';
  readonly children: readonly CheckpointNode[];
}

/** A part, region, layer, component or tensor inside a checkpoint. */
export type InnerNode = OutlineNode & {
  readonly checkpoint: CheckpointNode;
  readonly parent: CheckpointNode | InnerNode;
};
