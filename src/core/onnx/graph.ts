/**
 * A small builder for ONNX graphs. Every value knows its element type and shape, and operators (operators.ts) check
 * both as the graph is built, so that a mistake is an error with a JavaScript stack and not a message from the runtime.
 * Weights are never copied in: they are references into files that the runtime maps.
 */
import { elementTypes, type ElementType } from './elementTypes';
import type { Attribute, Block, Dimension, FedWeight, Named, ShapeInput, Weight, WeightLocation } from './graphParts';
import { processor, type Target } from './target';

/** A typed edge of a graph. */
export interface Value extends Named {
  readonly graph: Graph;
}

export class Graph {
  readonly inputs: Value[] = [];
  readonly weights: Weight[] = [];
  readonly fed: FedWeight[] = [];
  readonly shapeInputs: ShapeInput[] = [];
  readonly main: Block = emptyBlock();
  private readonly values = new Map<string, Value | undefined>();
  private readonly weightsByName = new Map<string, Value>();
  private readonly shared = new Map<string, Value>();
  private block = this.main;
  private prefix = '';

  constructor(
    readonly name: string,
    readonly target: Target = processor,
  ) {}

  /** The value of that name. */
  find(name: string): Value {
    const value = this.values.get(name);
    if (!value) throw new Error(`${this.name} has no value ${name}`);
    return value;
  }

  /** Declares an input of the graph. */
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    const value = this.value(this.claim(name), type, shape);
    this.inputs.push(value);
    return value;
  }

  /** Declares `value` as an output of the graph, under `name`. */
  output(name: string, value: Value): void {
    const named = this.node('Identity', [value], [{ name, type: value.type, shape: value.shape }])[0]!;
    this.main.outputs.push({ name: named.name, type: value.type, shape: value.shape });
  }

  /** A tensor whose bytes stay where they are; the same name is the same tensor. */
  weight(name: string, type: ElementType, shape: readonly number[], location: WeightLocation): Value {
    const known = this.weightsByName.get(name);
    if (known) return known;
    const bytes = shape.reduce((product, size) => product * size, elementTypes[type].bytes);
    if (bytes !== location.length) {
      throw new Error(
        `weight ${name}: ${type}[${shape.join(', ')}] is ${bytes} bytes, the file has ${location.length}`,
      );
    }
    const value = this.value(this.claim(name), type, shape);
    this.weights.push({ name, type, shape, location });
    this.weightsByName.set(name, value);
    return value;
  }

  /** A float32 tensor that is fed with every run; the same name is the same tensor. @param tensor, first see {@link FedWeight} */
  fedWeight(name: string, shape: readonly number[], tensor: string, first: number): Value {
    const known = this.weightsByName.get(name);
    if (known) return known;
    const value = this.input(name, 'float32', shape);
    this.fed.push({ input: value.name, tensor, first, shape });
    this.weightsByName.set(name, value);
    return value;
  }

  /** A small tensor inside the graph itself. */
  constant(type: 'float32' | 'int64', shape: readonly number[], numbers: readonly number[]): Value {
    const array = type === 'float32' ? Float32Array.from(numbers) : BigInt64Array.from(numbers, BigInt);
    const name = this.claim(`${this.prefix}constant`);
    this.block.constants.push({ name, type, shape, bytes: new Uint8Array(array.buffer) });
    return this.value(name, type, shape);
  }

  /** Adds a node. Type and shape of its outputs are the caller's word: operators.ts derives them. */
  node(
    operator: string,
    inputs: readonly Value[],
    outputs: readonly { name?: string; type: ElementType; shape: readonly Dimension[] }[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value[] {
    const values = outputs.map((output) =>
      this.value(this.claim(output.name ?? `${this.prefix}${operator}`), output.type, output.shape),
    );
    this.block.nodes.push({
      name: values[0]!.name,
      operator,
      domain,
      inputs: inputs.map((input) => input.name),
      outputs: values.map((value) => value.name),
      attributes,
    });
    return values;
  }

  /** Builds `body` with its node names under `label`, so that a profile and an error say where they are. */
  within<T>(label: string, body: () => T): T {
    const outer = this.prefix;
    this.prefix = `${outer}${label}/`;
    try {
      return body();
    } finally {
      this.prefix = outer;
    }
  }

  /**
   * An ONNX `If`: `condition` is a bool scalar; both branches see every value built so far and return values of the
   * same types and ranks. Work inside a branch starts only when the branch is reached, which bounds what is alive.
   */
  branch(condition: Value, then: () => Value[], otherwise: () => Value[]): Value[] {
    const thenBlock = this.buildBlock('then', [], then);
    const elseBlock = this.buildBlock('else', [], otherwise);
    const outputs = thenBlock.outputs.map(({ type, shape }) => ({ type, shape }));
    elseBlock.outputs.forEach((output, i) => {
      if (output.type !== outputs[i]?.type)
        throw new Error(`${this.prefix}If: the branches' output ${i} differ in type`);
    });
    return this.node('If', [condition], outputs, {
      then_branch: { block: thenBlock },
      else_branch: { block: elseBlock },
    });
  }

  /**
   * An ONNX `Loop` over `rounds` rounds, an int64 scalar. `body` sees every value built so far and is given the number
   * of the round, int64 scalar from 0, and what is carried from one round to the next.
   * @param goesOn a bool scalar that is true
   * @param size the dimension that `rounds` becomes in what is collected
   * @returns what the last round carries on, and what all of them collected, [size, …]
   */
  loop(
    rounds: Value,
    goesOn: Value,
    size: Dimension,
    carried: readonly Value[],
    body: (round: Value, carried: readonly Value[]) => { carried: readonly Value[]; collected: readonly Value[] },
  ): { carried: Value[]; collected: Value[] } {
    const given: Omit<Named, 'name'>[] = [{ type: 'int64', shape: [] }, { type: 'bool', shape: [] }, ...carried];
    const block = this.buildBlock('round', given, ([round, on, ...inputs]) => {
      const next = body(round!, inputs);
      carried.forEach(({ type, shape }, i) => {
        const { [i]: value } = next.carried;
        if (value?.type !== type || value.shape.join() !== shape.join()) {
          throw new Error(`${this.prefix}Loop: what is carried on as number ${i} has another type or shape`);
        }
      });
      return [on!, ...next.carried, ...next.collected];
    });
    const outputs = block.outputs.slice(1).map(({ type, shape }, i) => ({
      type,
      shape: i < carried.length ? shape : [size, ...shape],
    }));
    const values = this.node('Loop', [rounds, goesOn, ...carried], outputs, { body: { block } });
    return { carried: values.slice(0, carried.length), collected: values.slice(carried.length) };
  }

  /**
   * The sizes `shape` as an int64 vector for operators that take one. Where a named dimension stands at the same place
   * in `keeping`, the size is 0 (ONNX: copy it); else it is read off an input that has it; one may be -1 (ONNX: open).
   */
  sizes(shape: readonly Dimension[], keeping: readonly Dimension[] = []): Value {
    const open = shape.filter((d, i) => typeof d === 'string' && d !== keeping[i]);
    const unknown = open.filter((d) => open.length > 1 && !this.findDimension(d as string));
    const mayInfer = keeping.length > 0;
    if (unknown.length > (mayInfer ? 1 : 0)) throw new Error(`no input has the dimension ${unknown.join(' or ')}`);
    const numbers = shape.map((d, i) => {
      if (typeof d === 'number') return d;
      if (d === keeping[i]) return 0;
      return mayInfer && (open.length === 1 || d === unknown[0]) ? -1 : d;
    });
    if (numbers.every((d) => typeof d === 'number')) return this.constant('int64', [numbers.length], numbers);
    const name = `sizes[${numbers.join()}]`;
    if (!this.target.computesShapes) return this.shapeInput(name, 'sizes', numbers);
    return this.inMain(name, () => {
      const pieces = numbers.map((d) =>
        typeof d === 'number' ? this.constant('int64', [1], [d]) : this.sizeOfDimension(d),
      );
      return this.node('Concat', pieces, [{ type: 'int64', shape: [numbers.length] }], { axis: { int: 0 } })[0]!;
    });
  }

  /** 0, 1, 2 … int64 in the given shape, whose named dimensions are those of inputs. */
  places(shape: readonly Dimension[]): Value {
    return this.shapeInput(`places[${shape.join()}]`, 'places', shape);
  }

  private shapeInput(name: string, kind: ShapeInput['kind'], shape: readonly Dimension[]): Value {
    const known = this.shared.get(name);
    if (known) return known;
    const sizes = shape.map((d) => {
      if (typeof d === 'number') return d;
      const { input, axis } = this.findDimension(d)!;
      return { input: input.name, axis };
    });
    const value = this.input(name, 'int64', kind === 'sizes' ? [shape.length] : shape);
    this.shapeInputs.push({ input: value.name, kind, sizes });
    this.shared.set(name, value);
    return value;
  }

  private sizeOfDimension(name: string): Value {
    return this.inMain(`size of ${name}`, () => {
      const { input, axis } = this.findDimension(name)!;
      const range = { start: { int: axis }, end: { int: axis + 1 } };
      return this.node('Shape', [input], [{ type: 'int64', shape: [1] }], range)[0]!;
    });
  }

  private findDimension(name: string): { input: Value; axis: number } | undefined {
    const input = this.inputs.find((value) => value.shape.includes(name));
    return input && { input, axis: input.shape.indexOf(name) };
  }

  /** Builds a value once, in the main block, where every branch sees it. */
  private inMain(key: string, build: () => Value): Value {
    const known = this.shared.get(key);
    if (known) return known;
    const [block, prefix] = [this.block, this.prefix];
    this.block = this.main;
    this.prefix = '';
    const value = build();
    this.block = block;
    this.prefix = prefix;
    this.shared.set(key, value);
    return value;
  }

  private buildBlock(label: string, given: readonly Omit<Named, 'name'>[], body: (inputs: Value[]) => Value[]): Block {
    const outer = this.block;
    const block = emptyBlock();
    this.block = block;
    try {
      const inputs = given.map(({ type, shape }) =>
        this.value(this.claim(`${this.prefix}${label}/given`), type, shape),
      );
      block.inputs.push(...inputs);
      // A block's outputs must be made in it, also where a branch hands on what it was given.
      const values = this.within(label, () =>
        body(inputs).map((value) => this.node('Identity', [value], [{ type: value.type, shape: value.shape }])[0]!),
      );
      block.outputs.push(...values.map(({ name, type, shape }) => ({ name, type, shape })));
    } finally {
      this.block = outer;
    }
    return block;
  }

  private value(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    const value = { graph: this, name, type, shape };
    this.values.set(name, value);
    return value;
  }

  /** A name that no other value has: itself, or itself with a number. */
  private claim(name: string): string {
    let unique = name;
    for (let i = 1; this.values.has(unique); i++) unique = `${name}.${i}`;
    this.values.set(unique, undefined);
    return unique;
  }
}

function emptyBlock(): Block {
  return { inputs: [], nodes: [], constants: [], outputs: [] };
}
