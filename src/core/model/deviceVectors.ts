/**
 * Keys and values that lie on a device, put together anew there: the vectors of all sources stand in one long list, and
 * every vector of the result is told by its place in it.
 */
import { encodeGraph } from '../onnx/encode';
import { Graph } from '../onnx/graph';
import { concat, gather, reshape } from '../onnx/operators';
import { targetOf } from '../onnx/target';
import type { GraphFile, Runtime, Session, Tensor } from '../ports';
import { sharedSession } from './sharedSession';

/** A run of positions of one row of a source. */
export interface VectorSpan {
  /** Which of the sources. */
  readonly source: number;
  readonly row: number;
  readonly length: number;
}

/**
 * @param sources [rows, heads, positions, size] each; those that are not on the device are empty
 * @param rows the spans that each row of the result consists of, one after another
 * @returns [rows, heads, capacity, size] on the device; what lies behind a row's spans is any of the vectors
 */
export async function joinOnDevice(
  sources: readonly Tensor[],
  rows: readonly (readonly VectorSpan[])[],
  capacity: number,
): Promise<Tensor> {
  const tensors = [...new Set(sources.filter(({ resident }) => resident))];
  const starts = new Map<Tensor, number>();
  let count = 0;
  for (const tensor of tensors) {
    starts.set(tensor, count);
    count += tensor.shape[0]! * tensor.shape[1]! * tensor.shape[2]!;
  }
  const [, heads, , size] = sources[0]!.shape as [number, number, number, number];
  const places = new Int32Array(rows.length * heads * capacity);
  rows.forEach((spans, to) => {
    let at = 0;
    for (const { source, row, length } of spans) {
      const tensor = sources[source]!;
      for (let head = 0; head < heads && length > 0; head++) {
        const from = starts.get(tensor)! + (row * heads + head) * tensor.shape[2]!;
        const place = (to * heads + head) * capacity + at;
        for (let i = 0; i < length; i++) places[place + i] = from + i;
      }
      at += length;
    }
  });
  const session = await gathering(tensors[0]!.resident!.runtime, tensors.length, size);
  const feeds = Object.fromEntries(tensors.map((tensor, i) => [`source.${i}`, tensor]));
  const { joined } = await session.run(
    { ...feeds, places: { type: 'int32', shape: [rows.length, heads, capacity], data: places } },
    ['joined'],
  );
  return joined!;
}

/** The graph for so many sources. */
function gathering(runtime: Runtime, sources: number, size: number): Promise<Session> {
  return sharedSession(runtime, `${sources} of ${size}`, () => buildGathering(runtime, sources, size));
}

function buildGathering(runtime: Runtime, sources: number, size: number): GraphFile {
  const graph = new Graph(`keys and values of ${sources}`, targetOf(runtime.device));
  const vectors = Array.from({ length: sources }, (_, i) =>
    reshape(graph.input(`source.${i}`, 'float32', [`rows.${i}`, 'heads', `positions.${i}`, size]), [
      `count.${i}`,
      size,
    ]),
  );
  const places = graph.input('places', 'int32', ['rows', 'heads', 'capacity']);
  graph.output('joined', gather(sources === 1 ? vectors[0]! : concat(vectors, 0), places, 0));
  return encodeGraph(graph, ['joined']);
}
