// The plugin that compiles AssemblyScript kernels to WebAssembly as they are imported.
import asc from 'assemblyscript/asc';
import { readFileSync } from 'node:fs';

/** An import of an AssemblyScript kernel (`energy.as`) is the bytes of its WebAssembly module. */
export const kernels = {
  name: 'kernels',
  setup({ onLoad }) {
    onLoad({ filter: /\.as$/ }, async ({ path }) => ({ contents: await compileKernel(path), loader: 'binary' }));
  },
};

async function compileKernel(path) {
  let wasm;
  const options = ['--outFile', 'kernel.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd'];
  const memory = ['--importMemory', '--memoryBase', '0'];
  const { error, stderr } = await asc.main(['kernel.ts', ...options, ...memory], {
    readFile: (name) => (name === 'kernel.ts' ? readFileSync(path, 'utf8') : null),
    writeFile: (name, contents) => void (wasm = contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`${path}: ${stderr.toString()}`);
  return wasm;
}
