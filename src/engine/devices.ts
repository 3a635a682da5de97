import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { listSupportedBackends } from 'onnxruntime-node';
import { NotFiniteError } from '../core/model/notFinite';
import { encodeGraph } from '../core/onnx/encode';
import { Graph } from '../core/onnx/graph';
import { add, cast } from '../core/onnx/operators';
import { targetOf, type Products } from '../core/onnx/target';
import { DeviceError } from '../shared/errors';
import type { ComputeOptions, DeviceReport } from '../shared/protocol/engine';
import { devices, type Device } from '../shared/vocabulary';
import { secondsPerProduct } from './deviceSpeed';
import { mendHere } from './mendDevice';
import { missingLibraries } from './missingLibraries';
import { OrtRuntime } from './ortRuntime';
import { shortened } from './shortened';

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
 * The runtime for a choice of device; `auto` is the fastest of those that run the graphs of models.
 * @throws Error when a named device is not there: a run never falls back unasked
 */
export async function createRuntime({ device, threads }: ComputeOptions): Promise<OrtRuntime> {
  const chosen = device === 'auto' ? await fastest() : device;
  const problem = device === 'auto' ? null : await problemOf(chosen);
  if (problem !== null) throw new Error(await refusal(chosen, problem));
  return new OrtRuntime(chosen, threads, await productsOn(chosen));
}

/**
 * What goes on with work at which a runtime failed: the same device in float32 where float16 overflowed, and with `auto`
 * the CPU where the device itself failed; undefined where nothing is left.
 */
export function insteadOf(
  failed: OrtRuntime,
  error: unknown,
  { device, threads }: ComputeOptions,
): { readonly runtime: OrtRuntime; readonly how: string } | undefined {
  if (error instanceof NotFiniteError && failed.products !== 'float32') {
    return { runtime: new OrtRuntime(failed.device, threads), how: `on ${failed.device} in float32` };
  }
  if (error instanceof DeviceError && device === 'auto') {
    return { runtime: new OrtRuntime('cpu', threads), how: 'on the CPU' };
  }
  return undefined;
}

/** @throws Error where work that only the CPU can do is to be done on another device, named */
export function assertProcessor({ device }: ComputeOptions, what: string): void {
  if (device !== 'auto' && device !== 'cpu') {
    throw new Error(`${what} on the CPU only, not on ${device}: choose the device auto or cpu`);
  }
}

let found: Promise<Device> | undefined;

/** Looked for once in a process: what is a GPU by name may be a driver that computes on the CPU, and slower than it. */
function fastest(): Promise<Device> {
  found ??= (async () => {
    for (const device of mayHaveGpu() ? (['cuda', 'webgpu'] as const) : []) {
      if ((await problemOf(device)) !== null) continue;
      if ((await secondsPerProduct(device)) < (await secondsPerProduct('cpu'))) return device;
    }
    return 'cpu';
  })();
  return found;
}

/** On Linux a GPU is a file; without one the drivers' own complaints would stand under every command. */
function mayHaveGpu(): boolean {
  return process.platform !== 'linux' || ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some((file) => existsSync(file));
}

/** Weights of 16 bits are multiplied as such where the device can: WebGPU has float16 as an option of the adapter. */
async function productsOn(device: Device): Promise<Products> {
  if (device === 'cpu') return 'float32';
  if (device === 'cuda') return 'own';
  return (await failureOf(device, 'float16')) === null ? 'float16' : 'float32';
}

async function refusal(device: Device, problem: string): Promise<string> {
  const mend = await mendHere({ device, available: false, detail: problem });
  return [`the device ${device} cannot be used: ${problem}`, ...(mend === null ? [] : [mend])].join('. ');
}

/** Null when the device computes; else why it does not. */
async function problemOf(device: Device): Promise<string | null> {
  if (device === 'cpu') return null;
  const backend = listSupportedBackends().find(({ name }) => name === device);
  const isThere = backend?.bundled || (device === 'cuda' && (await missingLibraries())?.installed);
  if (!isThere) return 'this build of ONNX Runtime does not contain it';
  return failureOf(device, 'float32');
}

/** Why the device cannot add two numbers of a type; null where it can. */
async function failureOf(device: Device, type: 'float32' | 'float16'): Promise<string | null> {
  const graph = new Graph('device check', targetOf(device));
  const one = cast(graph.input('one', 'float32', [1]), type);
  graph.output('two', cast(add(one, one), 'float32'));
  const runtime = new OrtRuntime(device, 1, 'float32', true);
  try {
    const session = await runtime.createSession(encodeGraph(graph));
    await session.run({ one: { type: 'float32', shape: [1], data: Float32Array.of(1) } }, ['two']);
    return null;
  } catch (error) {
    const cause = error instanceof DeviceError ? error.cause : error;
    return shortened(cause instanceof Error ? cause.message : String(cause));
  } finally {
    await runtime.releaseAll();
  }
}
