/** What of WebAssembly kernels need; neither Node's types nor ECMAScript's have it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
}
const { Module, Instance, Memory } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

const pageBytes = 65536;
const compiled = new WeakMap<Uint8Array, object>();

/**
 * A kernel with so many bytes of memory of its own. The memory never grows: views of it stay valid.
 * @typeParam Exports the kernel's functions
 */
export function instantiateKernel<Exports>(
  wasm: Uint8Array,
  memoryBytes: number,
): { readonly memory: ArrayBuffer; readonly exports: Exports } {
  const pages = Math.ceil(memoryBytes / pageBytes);
  const memory = new Memory({ initial: pages, maximum: pages });
  const module = compiled.get(wasm) ?? new Module(wasm);
  compiled.set(wasm, module);
  const { exports } = new Instance(module, { env: { memory } });
  return { memory: memory.buffer, exports: exports as Exports };
}
