import { DeviceError } from '../shared/errors';
import { shortened } from './shortened';

const outOfMemory = /out of (device )?memory|memory allocation|failed to allocate|bad_alloc|\bOOM\b|CUDA failure 2\b/i;
/**
 * WebGPU tells of memory that it did not get on standard error alone; what comes back is that a buffer is invalid, that
 * it would be too large, or that it had to be bound in too many pieces (seen with ONNX Runtime 1.30).
 */
const noBuffer = /\[Invalid Buffer\b|max buffer size limit|too many storage buffers/i;
const lost = /device (is |was )?lost|device removed|DXGI_ERROR_DEVICE|VK_ERROR_DEVICE_LOST|instance dropped/i;

/** What failed on a device, why, and what to do about it. @param cause what ONNX Runtime threw */
export function deviceError(what: string, cause: unknown): DeviceError {
  const said = shortened(cause instanceof Error ? cause.message : String(cause));
  return new DeviceError(`${what}: ${said}. ${mend(said)}`, { cause });
}

function mend(said: string): string {
  if (outOfMemory.test(said) || noBuffer.test(said)) {
    return 'The device has too little memory for this: close what else uses it, lower "batch", or choose the device cpu';
  }
  if (lost.test(said)) return 'The driver took the device away: what is finished is kept, run it again to resume';
  return 'Choose the device cpu, or update the driver';
}
