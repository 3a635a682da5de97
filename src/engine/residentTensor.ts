import type * as ort from 'onnxruntime-node';
import type { Resident, Runtime, Tensor, TensorData, TensorType } from '../core/ports';

/** A tensor in a device's memory, with ONNX Runtime's own handle of it. */
export interface ResidentTensor extends Tensor {
  readonly resident: Resident;
  readonly inner: ort.Tensor;
}

/** @param living the runtime's tensors that are not freed; the new one joins and leaves it */
export function residentTensor(inner: ort.Tensor, runtime: Runtime, living: Set<ResidentTensor>): ResidentTensor {
  const tensor: ResidentTensor = {
    type: inner.type as TensorType,
    shape: inner.dims,
    inner,
    // ONNX Runtime 1.30 ends the process where it is asked to download a tensor (`getData`).
    get data(): TensorData[TensorType] {
      throw new Error(`the tensor lies on ${runtime.device}`);
    },
    resident: {
      runtime,
      free: () => {
        if (living.delete(tensor)) inner.dispose();
      },
    },
  };
  living.add(tensor);
  return tensor;
}
