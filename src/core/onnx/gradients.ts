/**
 * Reverse-mode differentiation of a graph: nodes are added that compute the gradient of one value with respect to
 * others. What can be differentiated is what `vectorJacobian.ts` has a rule for.
 */
import type { Value } from './graph';
import { rules, type Inverses } from './vectorJacobian';

/** A value whose gradient is wanted, and what it is to be added to. */
export interface Wanted {
  readonly of: Value;
  /** Of the same shape; the gradient is written into its memory where the runtime is told so. */
  readonly onto?: Value;
}

/**
 * The gradients of Σ seed ∘ output.
 * @param seed of the shape of `output`
 * @param inverses of index tables that repeat rows, see {@link Inverses}
 * @returns for each of `wanted`, its shape
 */
export function gradients(
  output: Value,
  seed: Value,
  wanted: readonly Wanted[],
  inverses: Inverses = new Map(),
): Value[] {
  const { graph } = output;
  const nodes = [...graph.main.nodes];
  const depends = new Set(wanted.map(({ of }) => of.name));
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((name) => depends.has(name))) outputs.forEach((name) => depends.add(name));
  }
  const found = new Map<string, Value>([[output.name, seed]]);
  for (const { of, onto } of wanted) if (onto) found.set(of.name, onto);
  const reached = new Set<string>();

  for (const node of nodes.reverse()) {
    const given = node.outputs.map((name) => found.get(name));
    if (!given.some(Boolean) || !node.outputs.some((name) => depends.has(name))) continue;
    const rule = rules[node.operator];
    if (!rule) throw new Error(`${node.name}: ${node.operator} has no derivative`);
    const terms = rule({
      inputs: node.inputs.map((name) => graph.find(name)),
      outputs: node.outputs.map((name) => graph.find(name)),
      attributes: node.attributes,
      gradients: given.map((value, i) => {
        if (!value) throw new Error(`${node.name}: nothing depends on output ${i}, which has no derivative then`);
        return value;
      }),
      inverses,
    });
    node.inputs.forEach((name, i) => {
      if (!depends.has(name)) return;
      const term = terms[i];
      if (!term) throw new Error(`${node.name}: ${node.operator} has no derivative by input ${i}`);
      found.set(name, term(found.get(name)));
      reached.add(name);
    });
  }
  return wanted.map(({ of }) => {
    if (!reached.has(of.name)) throw new Error(`${output.name} does not depend on ${of.name}`);
    return found.get(of.name)!;
  });
}
