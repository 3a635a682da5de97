import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** ONNX Runtime's library for CUDA; it loads it from beside its own binary. */
const cudaProvider = 'libonnxruntime_providers_cuda.so';

/** What keeps ONNX Runtime from loading its library for CUDA. */
export interface CudaLibraries {
  /** Whether the library lies beside ONNX Runtime's binary. */
  readonly installed: boolean;
  /** Libraries it needs that the linker does not find, such as `libcudnn.so.9`. */
  readonly missing: readonly string[];
}

/** Asks the linker, in this process's own environment. Null where ONNX Runtime has no such library: outside Linux. */
export async function missingLibraries(): Promise<CudaLibraries | null> {
  if (process.platform !== 'linux') return null;
  const folder = folderOf(readFileSync('/proc/self/maps', 'utf8'));
  const provider = folder === null ? null : path.join(folder, cudaProvider);
  if (provider === null || !existsSync(provider)) return { installed: false, missing: [] };
  try {
    const { stdout } = await promisify(execFile)('ldd', [provider], { timeout: 10_000 });
    return { installed: true, missing: notFound(stdout) };
  } catch {
    return { installed: true, missing: [] }; // a system without ldd: ONNX Runtime's own message must do
  }
}

/** @param maps lines of /proc/self/maps @returns the folder ONNX Runtime was loaded from */
export function folderOf(maps: string): string | null {
  const match = /^\S+ r\S+ \S+ \S+ \S+\s+(\/.*)\/libonnxruntime\.so\S*$/m.exec(maps);
  return match ? match[1]! : null;
}

/** @param listing as `ldd` writes it; what stands beside the provider is loaded before it and no matter */
export function notFound(listing: string): string[] {
  const names = [...listing.matchAll(/^\s*(\S+) => not found\s*$/gm)].map(([, name]) => name!);
  return [...new Set(names)].filter((name) => !name.startsWith('libonnxruntime'));
}
