import type { DeviceReport } from '../shared/protocol/engine';
import { missingLibraries, type CudaLibraries } from './missingLibraries';

/** Where a device is missing. */
export interface DevicePlace {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Null outside Linux. */
  readonly libraries: CudaLibraries | null;
}

/** {@link mendDevice} on this machine. */
export async function mendHere(report: DeviceReport): Promise<string | null> {
  const { platform, arch } = process;
  const libraries = report.device === 'cuda' ? await missingLibraries() : null;
  return mendDevice(report, { platform, arch, libraries });
}

/** What to install for a device that is not there, in words; null where nothing can be done. */
export function mendDevice({ device, detail }: DeviceReport, place: DevicePlace): string | null {
  if (device === 'webgpu') return mendWebGpu(place);
  return device === 'cuda' ? mendCuda(detail, place) : null;
}

function mendWebGpu({ platform, arch }: DevicePlace): string | null {
  if (platform === 'win32') return 'Update the graphics driver: WebGPU needs Direct3D 12.';
  if (platform !== 'linux' || arch !== 'x64') return null;
  return (
    "Install the Vulkan loader and the GPU's driver for it. Debian, Ubuntu: apt-get install libvulkan1, and " +
    "mesa-vulkan-drivers for AMD and Intel; Fedora: vulkan-loader and mesa-vulkan-drivers; NVIDIA: the vendor's driver. " +
    'A container must be given the GPU: /dev/dri, or --gpus all with NVIDIA_DRIVER_CAPABILITIES=all.'
  );
}

function mendCuda(detail: string, { platform, arch, libraries }: DevicePlace): string | null {
  if (platform !== 'linux' || arch !== 'x64') {
    return 'ONNX Runtime for Node has CUDA on Linux x64 only. Choose webgpu for a GPU on this machine.';
  }
  if (!libraries?.installed)
    return 'Run "Frankenstein: Install CUDA Files for ONNX Runtime…" from the Command Palette.';
  if (libraries.missing.length > 0) {
    const packages = packagesOf(libraries.missing).join(' and ');
    return `The linker does not find ${libraries.missing.join(', ')}. Install ${packages}, then stop the engine: the next one looks again.`;
  }
  if (/driver|no CUDA-capable device|failure (35|100)\b/i.test(detail)) {
    return 'Install or update the NVIDIA driver (nvidia-smi must list the GPU). A container must be given the GPU: --gpus all.';
  }
  return null;
}

/** Packages as NVIDIA's repositories for Debian, Ubuntu and Fedora call them. */
function packagesOf(libraries: readonly string[]): string[] {
  const major = /\blibcu(?:dart|blas|blasLt)\.so\.(\d+)/.exec(libraries.join(' '))?.[1] ?? '12';
  const named = libraries.map((library) => {
    if (library.startsWith('libcuda.')) return 'the NVIDIA driver';
    const cudnn = /^libcudnn\w*\.so\.(\d+)/.exec(library)?.[1];
    if (cudnn) return `cuDNN ${cudnn} for CUDA ${major} (package cudnn${cudnn}-cuda-${major})`;
    const isCuda = /^lib(cu|nv)/.test(library);
    return isCuda
      ? `the libraries of CUDA ${major} (package cuda-libraries-${major}-${newest[major] ?? 'x'})`
      : library;
  });
  return [...new Set(named)];
}

/** The package has a minor version in its name; any of the major will do. */
const newest: Readonly<Record<string, string>> = { '12': '9', '13': '0' };
