/** A kernel in AssemblyScript: esbuild compiles it; the import is the bytes of its WebAssembly module. */
declare module '*.as' {
  const wasm: Uint8Array<ArrayBuffer>;
  export { wasm as default };
}
