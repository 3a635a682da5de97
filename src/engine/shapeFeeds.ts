import type { ShapeInput } from '../core/onnx/graphParts';
import type { Tensor } from '../core/ports';

/** The inputs of a graph that follow from the shapes of those that are fed. */
export function shapeFeeds(
  inputs: readonly ShapeInput[],
  feeds: Readonly<Record<string, Tensor>>,
): Record<string, Tensor<'int64'>> {
  return Object.fromEntries(
    inputs.map(({ input, kind, sizes }) => {
      const known = sizes.map((size) => (typeof size === 'number' ? size : feeds[size.input]!.shape[size.axis]!));
      if (kind === 'sizes') return [input, int64(known, [known.length])];
      const count = known.reduce((product, size) => product * size, 1);
      return [input, int64([...new Array(count).keys()], known)];
    }),
  );
}

function int64(numbers: readonly number[], shape: readonly number[]): Tensor<'int64'> {
  return { type: 'int64', shape, data: BigInt64Array.from(numbers, BigInt) };
}
