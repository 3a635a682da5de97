/** What the engine process tells of itself and of the machine's devices. */
import type { Device } from '../vocabulary';
import type { DeviceReport } from './engine';

/** A graph that is loaded on a device. Times are milliseconds since 1970. */
export interface SessionState {
  /** Of one engine process. */
  readonly id: number;
  readonly graph: string;
  /** All of the graph runs on it. */
  readonly device: Device;
  /** Bytes of weights that it maps from their files. */
  readonly weights: number;
  readonly since: number;
  readonly runs: number;
  /** When its last run ended; null before the first. */
  readonly lastRun: number | null;
}

/** The engine process and what it holds. */
export interface EngineStanding {
  readonly pid: number;
  readonly node: string;
  readonly onnxruntime: string;
  /** Bytes of it that are in memory. Weights that were read count, though they can be dropped. */
  readonly resident: number;
  /** The oldest first. */
  readonly sessions: readonly SessionState[];
}

/** Bytes; null where the device does not tell. */
export interface DeviceMemory {
  readonly total: number | null;
  readonly free: number | null;
}

/** A device as it is shown to people. */
export interface DeviceDescription extends DeviceReport {
  /** What to do about a device that is not there; null where nothing can be done. */
  readonly mend: string | null;
  readonly memory: DeviceMemory;
}
