import { encodeGraph } from '../onnx/encode';
import { Graph } from '../onnx/graph';
import { targetOf } from '../onnx/target';
import type { Runtime, Tensor } from '../ports';
import { sharedSession } from './sharedSession';

/** A matrix in this process's memory; one that lies on a device is brought by a session of its own, and freed there. */
export async function bringHere(tensor: Tensor): Promise<Tensor> {
  const { resident } = tensor;
  if (!resident) return tensor;
  const { runtime } = resident;
  const session = await sharedSession(runtime, 'bring a matrix here', () => buildCopy(runtime));
  const { here } = await session.run({ there: tensor }, ['here']);
  resident.free();
  return here!;
}

function buildCopy({ device }: Runtime) {
  const graph = new Graph('bring a matrix here', targetOf(device));
  graph.output('here', graph.input('there', 'float32', ['rows', 'columns']));
  return encodeGraph(graph);
}
