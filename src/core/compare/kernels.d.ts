/** A kernel in AssemblyScript: esbuild compiles it, the import is its WebAssembly module's bytes. */
declare module '*.as' {
  const wasm: Uint8Array;
  export default wasm;
}
