import { Graph } from '../../onnx/graph';
import { encodeGraph } from '../../onnx/encode';
import { gemm } from '../../onnx/operators';
import type { Runtime, Session, Tensor } from '../../ports';
import type { Matrix, Numbers } from './matrix';

/** Which factor is transposed. */
type Form = 'ab' | 'aᵀb' | 'abᵀ';

/** Products of matrices by the runtime, in the caller's memory; float64, or float32 where they are. Its sessions are made once, on first use. */
export class Products {
  private readonly sessions = new Map<string, Promise<Session>>();

  constructor(readonly runtime: Runtime) {}

  /** c += a·b, with a factor transposed where the form says so; c is written in place. */
  async add<T extends Numbers>(form: Form, c: Matrix<T>, a: Matrix<T>, b: Matrix<T>, signal: AbortSignal) {
    signal.throwIfAborted();
    const { type } = toTensor(a);
    const key = `${form} ${type}`;
    const known = this.sessions.get(key) ?? this.runtime.createSession(productGraph(form, type));
    this.sessions.set(key, known);
    const session = await known;
    const into = toTensor(c);
    await session.run({ a: toTensor(a), b: toTensor(b), c: into }, ['y'], { y: into });
  }
}

export function toTensor({ rows, columns, data }: Matrix<Numbers>): Tensor<'float64' | 'float32'> {
  return { type: data instanceof Float64Array ? 'float64' : 'float32', shape: [rows, columns], data };
}

function productGraph(form: Form, type: 'float64' | 'float32') {
  const graph = new Graph(`product ${form} ${type}`);
  const a = graph.input('a', type, form === 'aᵀb' ? ['inner', 'rows'] : ['rows', 'inner']);
  const b = graph.input('b', type, form === 'abᵀ' ? ['columns', 'inner'] : ['inner', 'columns']);
  const c = graph.input('c', type, ['rows', 'columns']);
  graph.output('y', gemm(a, b, c, { transA: form === 'aᵀb', transB: form === 'abᵀ' }));
  return encodeGraph(graph);
}
