import { Graph } from '../../onnx/graph';
import { encodeGraph } from '../../onnx/encode';
import { gemm } from '../../onnx/operators';
import type { Runtime, Session, Tensor } from '../../ports';
import type { Matrix } from './matrix';

/** Which factor is transposed. */
type Form = 'ab' | 'aᵀb' | 'abᵀ';

/** Products of float64 matrices by the runtime, in the caller's memory. Its sessions are made once, on first use. */
export class Products {
  private readonly sessions = new Map<Form, Promise<Session>>();

  constructor(readonly runtime: Runtime) {}

  /** c += a·b, with a factor transposed where the form says so; c is written in place. */
  async add(form: Form, c: Matrix, a: Matrix, b: Matrix, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const known = this.sessions.get(form) ?? this.runtime.createSession(productGraph(form));
    this.sessions.set(form, known);
    const session = await known;
    const into = toTensor(c);
    await session.run({ a: toTensor(a), b: toTensor(b), c: into }, ['y'], { y: into });
  }
}

export function toTensor({ rows, columns, data }: Matrix): Tensor<'float64'> {
  return { type: 'float64', shape: [rows, columns], data };
}

function productGraph(form: Form) {
  const graph = new Graph(`product ${form}`);
  const a = graph.input('a', 'float64', form === 'aᵀb' ? ['inner', 'rows'] : ['rows', 'inner']);
  const b = graph.input('b', 'float64', form === 'abᵀ' ? ['columns', 'inner'] : ['inner', 'columns']);
  const c = graph.input('c', 'float64', ['rows', 'columns']);
  graph.output('y', gemm(a, b, c, { transA: form === 'aᵀb', transB: form === 'abᵀ' }));
  return encodeGraph(graph);
}
