/** ONNX Runtime behind the ports of core. The only place that knows its session options. */
import * as ort from 'onnxruntime-node';
import type { Device } from '../shared/vocabulary';
import type { GraphFile, Runtime, Session, Tensor, TensorType } from '../core/ports';

/**
 * ONNX Runtime on one device. Weights stay in the mapped files: prepacking and folding would copy them to the heap
 * (onnxruntime 1.30: prepacking doubles the memory of a float32 model, folding casts a bfloat16 one to float32).
 */
export class OrtRuntime implements Runtime {
  private readonly sessions: OrtSession[] = [];

  constructor(
    readonly device: Device,
    /** 0 takes the machine's physical cores. */
    private readonly threads: number,
  ) {}

  async createSession(graph: GraphFile): Promise<Session> {
    const session = await ort.InferenceSession.create(graph.bytes, {
      executionProviders: [this.device],
      graphOptimizationLevel: 'all',
      enableCpuMemArena: true,
      // A pattern would reserve every layer's casts at once.
      enableMemPattern: false,
      intraOpNumThreads: this.threads,
      logSeverityLevel: 3,
      extra: {
        session: {
          model_external_initializers_file_folder_path: graph.weightsRoot,
          disable_prepacking: '1',
          intra_op: { allow_spinning: '0' },
          use_device_allocator_for_initializers: '1',
        },
        optimization: {
          constant_folding_max_output_size_in_bytes: '1048576',
          disable_specified_optimizers: 'FuseFp16InitializerToFp32NodeTransformer',
        },
      },
    });
    const wrapped = new OrtSession(session);
    this.sessions.push(wrapped);
    return wrapped;
  }

  /** Releases every session that was made; their memory goes back to the system. */
  async releaseAll(): Promise<void> {
    for (const session of this.sessions.splice(0)) await session.release();
  }
}

class OrtSession implements Session {
  constructor(private readonly session: ort.InferenceSession) {}

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
    into: Readonly<Record<string, Tensor>> = {},
  ): Promise<Record<string, Tensor>> {
    const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]));
    const wanted = fetches.map((name) => [name, into[name] ? toOrt(into[name]) : null]);
    const outputs = await this.session.run(inputs, Object.fromEntries(wanted) as ort.InferenceSession.FetchesType);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        { type: tensor.type as TensorType, shape: tensor.dims, data: tensor.data as never },
      ]),
    );
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

function toOrt({ type, data, shape }: Tensor): ort.Tensor {
  return new ort.Tensor(type, data as never, shape);
}
