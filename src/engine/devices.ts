import { cpus } from 'node:os';
import { listSupportedBackends } from 'onnxruntime-node';
import { encodeGraph } from '../core/onnx/encode';
import { Graph } from '../core/onnx/graph';
import { add } from '../core/onnx/operators';
import type { ComputeOptions, DeviceReport } from '../shared/protocol/engine';
import { devices, type Device } from '../shared/vocabulary';
import { OrtRuntime } from './ortRuntime';

/** What each device says when it is asked to add two numbers. */
export async function reportDevices(): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const device of devices) {
    const problem = await problemOf(device);
    const works = device === 'cpu' ? (cpus()[0]?.model ?? 'processor') : 'ready';
    reports.push({ device, available: problem === null, detail: problem ?? works });
  }
  return reports;
}

/**
 * The runtime for a choice of device: `auto` is the CPU, the device that runs every graph of this version.
 * @throws Error when a named device is not there: a run never falls back unasked
 */
export async function createRuntime({ device, threads }: ComputeOptions): Promise<OrtRuntime> {
  const chosen = device === 'auto' ? 'cpu' : device;
  const problem = await problemOf(chosen);
  if (problem !== null) throw new Error(`the device ${chosen} cannot be used: ${problem}`);
  return new OrtRuntime(chosen, threads);
}

/** Null when the device computes; else why it does not. */
async function problemOf(device: Device): Promise<string | null> {
  if (device === 'cpu') return null;
  const backend = listSupportedBackends().find(({ name }) => name === device);
  if (!backend?.bundled) return 'this build of ONNX Runtime does not contain it';
  const graph = new Graph('device check');
  const one = graph.input('one', 'float32', [1]);
  graph.output('two', add(one, one));
  const runtime = new OrtRuntime(device, 1);
  try {
    const session = await runtime.createSession(encodeGraph(graph));
    await session.run({ one: { type: 'float32', shape: [1], data: Float32Array.of(1) } }, ['two']);
    return null;
  } catch (error) {
    return shortened(error instanceof Error ? error.message : String(error));
  } finally {
    await runtime.releaseAll();
  }
}

/** What ONNX Runtime says without where in its sources it says so. */
function shortened(message: string): string {
  return message.replace(/^\S+\.(cc|h):\d+ .* (was|is) false\. /s, '').trim();
}
