import type { OutlineNode } from '../../core/checkpoint/outline';
import type { RegionSpec } from '../../core/checkpoint/regions';
import type { HybridSpec } from '../../core/experiment/schema';
import type { ListedCheckpoint } from './arrangeCheckpoints';

/** The nodes of the Checkpoints tree; commands receive them. */
export type CheckpointsNode = CheckpointNode | HybridNode | CacheNode | InnerNode;

export interface CheckpointNode extends ListedCheckpoint {
  readonly kind: 'checkpoint';
}

/** A hybrid of an experiment file. */
export interface HybridNode {
  readonly kind: 'hybrid';
  /** The experiment file. */
  readonly file: string;
  readonly name: string;
  readonly spec: HybridSpec;
  readonly regions: RegionSpec;
  /** Folders of the donors by name, in the order in which the hybrid names them. */
  readonly donors: ReadonlyMap<string, string>;
  /** The experiment's name, where several files have hybrids. */
  readonly hint: string | null;
}

/** The group of checkpoints in the Hugging Face cache. */
export interface CacheNode {
  readonly kind: 'cache';
  readonly children: readonly CheckpointNode[];
}

/** A part, region, layer, component or tensor inside a checkpoint or hybrid. */
export type InnerNode = OutlineNode & {
  readonly checkpoint: CheckpointNode | HybridNode;
  readonly parent: CheckpointNode | HybridNode | InnerNode;
};
