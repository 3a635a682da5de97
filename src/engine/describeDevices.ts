import { execFile } from 'node:child_process';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';
import { availableMemory } from '../core/files/availableMemory';
import type { DeviceReport } from '../shared/protocol/engine';
import type { DeviceDescription, DeviceMemory } from '../shared/protocol/sessions';
import type { Device } from '../shared/vocabulary';
import { mendHere } from './mendDevice';

const unknown: DeviceMemory = { total: null, free: null };

/** The devices with their memory, and for those that are not there how to mend that. */
export async function describeDevices(reports: readonly DeviceReport[]): Promise<DeviceDescription[]> {
  return Promise.all(
    reports.map(async (report) => {
      if (report.available) return { ...report, mend: null, memory: await deviceMemory(report.device) };
      return { ...report, mend: await mendHere(report), memory: unknown };
    }),
  );
}

/** What a device has. WebGPU has no call that tells. */
export async function deviceMemory(device: Device): Promise<DeviceMemory> {
  if (device === 'webgpu') return unknown;
  if (device === 'cuda') return nvidiaMemory();
  const limit = process.constrainedMemory();
  return { total: limit > 0 ? Math.min(limit, totalmem()) : totalmem(), free: availableMemory() };
}

/** Of the first GPU, which is the one ONNX Runtime takes; as the driver's own tool tells it. */
async function nvidiaMemory(): Promise<DeviceMemory> {
  const wanted = ['--id=0', '--query-gpu=memory.total,memory.free', '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', wanted, { timeout: 5000 });
    return readNvidiaMemory(stdout);
  } catch {
    return unknown; // containers have the driver without its tools
  }
}

/** @param line two counts of MiB, as `nvidia-smi` writes them */
export function readNvidiaMemory(line: string): DeviceMemory {
  const match = /^\s*(\d{1,9}),\s*(\d{1,9})\s*$/.exec(line);
  return match ? { total: Number(match[1]) * 2 ** 20, free: Number(match[2]) * 2 ** 20 } : unknown;
}
