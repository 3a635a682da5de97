/** ONNX Runtime behind the ports of core. The only place that knows its session options. */
import * as ort from 'onnxruntime-node';
import type { Device } from '../shared/vocabulary';
import type { GraphFile, Runtime, Session, Tensor, TensorType } from '../core/ports';
import type { Products } from '../core/onnx/target';
import { deviceError } from './deviceError';
import { liveSessions, type LiveSession } from './liveSessions';
import { residentTensor, type ResidentTensor } from './residentTensor';
import { shapeFeeds } from './shapeFeeds';

/**
 * ONNX Runtime on one device. A graph runs on the device it was built for, whole: a node that would fall to the CPU is
 * an error. On the CPU weights stay in the mapped files: prepacking and folding would copy them to the heap
 * (onnxruntime 1.30: prepacking doubles the memory of a float32 model, folding casts a bfloat16 one to float32).
 */
export class OrtRuntime implements Runtime {
  private readonly sessions: OrtSession[] = [];
  /** Tensors on the device that nobody has freed yet. */
  readonly residents = new Set<ResidentTensor>();

  constructor(
    readonly device: Device,
    /** 0 takes the machine's physical cores. */
    private readonly threads: number,
    readonly products: Products = 'float32',
    /** Whether ONNX Runtime says nothing of its own on standard error: where it is only asked what it can do. */
    private readonly quiet = false,
  ) {}

  async createSession(graph: GraphFile): Promise<Session> {
    const { device, residentOutputs = [] } = graph;
    const session = await onDevice(graph, 'load', () =>
      ort.InferenceSession.create(graph.bytes, {
        executionProviders: [device],
        graphOptimizationLevel: 'all',
        enableCpuMemArena: true,
        // A pattern would reserve every layer's casts at once.
        enableMemPattern: false,
        intraOpNumThreads: this.threads,
        logSeverityLevel: this.quiet ? 4 : 3,
        ...(residentOutputs.length > 0
          ? { preferredOutputLocation: Object.fromEntries(residentOutputs.map((name) => [name, 'gpu-buffer'])) }
          : {}),
        extra: device === 'cpu' ? onProcessor(graph) : onGpu(graph),
      }),
    );
    const live = liveSessions.loaded(graph, device);
    const wrapped = new OrtSession(this, graph, session, live);
    this.sessions.push(wrapped);
    return wrapped;
  }

  /** Releases every session that was made and what they left on the device; the memory goes back to the system. */
  async releaseAll(): Promise<void> {
    // A tensor whose session is gone ends the process when it is freed.
    for (const tensor of [...this.residents]) tensor.resident.free();
    for (const session of this.sessions.splice(0)) await session.release();
  }
}

function onProcessor({ weightsRoot }: GraphFile) {
  return {
    session: { ...sessionOptions(weightsRoot), disable_prepacking: '1' },
    optimization: {
      constant_folding_max_output_size_in_bytes: '1048576',
      disable_specified_optimizers: 'FuseFp16InitializerToFp32NodeTransformer',
    },
  };
}

/** Weights are cast once, on their way to the device: WebGPU knows no bfloat16. */
function onGpu({ weightsRoot }: GraphFile) {
  return { session: { ...sessionOptions(weightsRoot), disable_cpu_ep_fallback: '1' } };
}

function sessionOptions(weightsRoot: string) {
  return {
    model_external_initializers_file_folder_path: weightsRoot,
    intra_op: { allow_spinning: '0' },
    use_device_allocator_for_initializers: '1',
  };
}

class OrtSession implements Session {
  constructor(
    private readonly runtime: OrtRuntime,
    private readonly graph: GraphFile,
    private readonly session: ort.InferenceSession,
    private readonly live: LiveSession,
  ) {}

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
    into: Readonly<Record<string, Tensor>> = {},
  ): Promise<Record<string, Tensor>> {
    const every = { ...feeds, ...shapeFeeds(this.graph.shapeInputs ?? [], feeds) };
    const inputs = Object.fromEntries(Object.entries(every).map(([name, tensor]) => [name, this.toOrt(tensor)]));
    const wanted = this.namesToFetch(fetches).map((name) => [name, into[name] ? this.toOrt(into[name]) : null]);
    const outputs = await onDevice(this.graph, 'run', () =>
      this.session.run(inputs, Object.fromEntries(wanted) as ort.InferenceSession.FetchesType),
    );
    this.live.ran();
    const tensors = Object.entries(outputs).map(([name, tensor]) => [name, this.fromOrt(tensor)] as const);
    for (const [name, { resident }] of tensors) if (!fetches.includes(name)) resident?.free();
    return Object.fromEntries(tensors.filter(([name]) => fetches.includes(name)));
  }

  /**
   * Where outputs stay on the device, ONNX Runtime 1.30 for Node never forgets an output that it was asked for, and
   * mixes them up when it is asked for others in another run: so it is asked for all of them, always.
   */
  private namesToFetch(fetches: readonly string[]): readonly string[] {
    return (this.graph.residentOutputs ?? []).length > 0 ? this.session.outputNames : fetches;
  }

  async release(): Promise<void> {
    await this.session.release();
    this.live.released();
  }

  /** A tensor of another runtime would be read as garbage, one that was freed ends the process. */
  private toOrt(tensor: Tensor): ort.Tensor {
    if (!tensor.resident) return new ort.Tensor(tensor.type, tensor.data as never, tensor.shape);
    const own = tensor as ResidentTensor;
    if (!this.runtime.residents.has(own) || this.graph.device === 'cpu') {
      throw new Error(`${this.graph.name}: a tensor of another device, or one that was freed`);
    }
    return own.inner;
  }

  private fromOrt(tensor: ort.Tensor): Tensor {
    if (tensor.location === 'gpu-buffer') return residentTensor(tensor, this.runtime, this.runtime.residents);
    return { type: tensor.type as TensorType, shape: tensor.dims, data: tensor.data as never };
  }
}

/** Says of what fails on a GPU that it is the device that failed: elsewhere the work may go on. */
async function onDevice<T>({ name, device }: GraphFile, verb: string, work: () => Promise<T>): Promise<T> {
  if (device === 'cpu') return work();
  try {
    return await work();
  } catch (error) {
    throw deviceError(`${device} could not ${verb} the graph "${name}"`, error);
  }
}
