import type { Step, StepKind } from '../../core/experiment/schema';
import type { ExperimentEntry } from '../experiments/experiments';

/** The nodes of the Experiments tree; commands receive them. */
export type ExperimentsNode = ExperimentNode | StepNode | RunNode | ArrayNode | ShardNode;

/** An experiment file. */
export interface ExperimentNode {
  readonly kind: 'experiment';
  readonly file: string;
  readonly entry: ExperimentEntry;
}

/** A step of an experiment file. */
export interface StepNode {
  readonly kind: 'step';
  readonly file: string;
  /** Its id. */
  readonly step: string;
  readonly stepKind: StepKind;
  /** In the file, from 0. */
  readonly index: number;
  readonly content: Step;
  readonly parent: ExperimentNode;
}

/** An earlier run of a step that was set aside. */
export interface RunNode {
  readonly kind: 'run';
  readonly file: string;
  /** The name of its folder, `vision~1`. */
  readonly step: string;
  readonly parent: StepNode;
}

/** What a step was sent to Slurm as. */
export interface ArrayNode {
  readonly kind: 'array';
  readonly file: string;
  readonly step: string;
  readonly parent: StepNode;
}

/** A job of an array. */
export interface ShardNode {
  readonly kind: 'shard';
  readonly file: string;
  readonly step: string;
  /** From 0. */
  readonly shard: number;
  readonly parent: ArrayNode;
}
