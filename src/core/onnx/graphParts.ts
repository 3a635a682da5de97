/** What graphs consist of: plain data, which graph.ts builds and encode.ts writes. */
import type { ElementType } from './elementTypes';

/** A number known when the graph is built, or the name of one that is known only when it runs. */
export type Dimension = number | string;

export interface Named {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** Bytes in a file that hold a tensor, row-major, in the element type's little-endian layout. */
export interface WeightLocation {
  /** Absolute path. */
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string }
  | { readonly block: Block };

export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Constant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Weight {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly location: WeightLocation;
}

/** A weight that lies in memory and is fed with every run, under the name of the input. */
export interface FedWeight {
  readonly input: string;
  /** The tensor that it is, or a run of whose elements it is. */
  readonly tensor: string;
  /** Its first element in the tensor. */
  readonly first: number;
  readonly shape: readonly number[];
}

/** An int64 input that follows from the shapes of the others: whoever runs the graph works it out and feeds it. */
export interface ShapeInput {
  readonly input: string;
  /** `sizes`: a vector of these; `places`: 0, 1, 2 … in this shape. */
  readonly kind: 'sizes' | 'places';
  readonly sizes: readonly (number | SizeOf)[];
}

/** The size of an input along an axis. */
export interface SizeOf {
  readonly input: string;
  readonly axis: number;
}

/** The nodes of a graph, of one branch of an `If`, or of one round of a `Loop`. */
export interface Block {
  /** What it is given by its node; a graph's own inputs are not among them. */
  readonly inputs: Named[];
  readonly nodes: GraphNode[];
  readonly constants: Constant[];
  readonly outputs: Named[];
}
