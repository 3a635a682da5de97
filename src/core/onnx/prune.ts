import type { Graph } from './graph';
import type { Block, GraphNode } from './graphParts';

/** Takes out of a graph the nodes and inputs that none of its outputs depends on: the runtime would compute them. */
export function pruneUnused(graph: Graph): void {
  const used = new Set(graph.main.outputs.map(({ name }) => name));
  const kept = graph.main.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => used.has(name))) return false;
    for (const name of namesReadBy(node)) used.add(name);
    return true;
  });
  graph.main.nodes.splice(0, Infinity, ...kept.reverse());
  const constants = graph.main.constants.filter(({ name }) => used.has(name));
  graph.main.constants.splice(0, Infinity, ...constants);
  const inputs = graph.inputs.filter(({ name }) => used.has(name));
  graph.inputs.splice(0, Infinity, ...inputs);
}

/** Branches also read what was built outside them. */
function namesReadBy(node: GraphNode): string[] {
  const blocks = Object.values(node.attributes).flatMap((attribute) =>
    'block' in attribute ? [attribute.block] : ([] as Block[]),
  );
  return [...node.inputs, ...blocks.flatMap(({ nodes }) => nodes.flatMap(namesReadBy))];
}
