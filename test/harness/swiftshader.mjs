// WebGPU on Linux without a GPU: a Vulkan driver that computes on the CPU, in float32 (no shader-f16).
import { delimiter, join } from 'node:path';
import { unpackedChromium } from './npmChromium.mjs';

/**
 * What a process must find in its environment when it starts, for ONNX Runtime's WebGPU to use the software driver;
 * nothing elsewhere than on Linux, where the system has a driver.
 * @returns {Promise<Record<string, string>>}
 */
export async function softwareGpu() {
  if (process.platform !== 'linux') return {};
  const folder = await unpackedChromium();
  return {
    LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? folder,
  };
}
