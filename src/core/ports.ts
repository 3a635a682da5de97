/**
 * What core needs from outside. The engine implements these over onnxruntime-node and sharp; tests implement them as
 * they need. Cancellation is the platform's own `AbortSignal`, checked between two runs of a session.
 */
import type { InputError } from '../shared/errors';
import type { Device } from '../shared/vocabulary';
import type { FedWeight, ShapeInput } from './onnx/graphParts';
import type { Products } from './onnx/target';
import type { ImageSize, PreprocessorSettings, ProcessedImage } from './model/imageProcessor';

/** Element types that cross the boundary to a session (bfloat16 never does: it lives in the checkpoint's file). */
export type TensorType = 'float64' | 'float32' | 'float16' | 'int64' | 'int32' | 'bool';

export interface TensorData {
  float64: Float64Array;
  float32: Float32Array;
  /** Raw bits, one `uint16` per element. */
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  /** One byte per element, 0 or 1. */
  bool: Uint8Array;
}

/** A dense row-major tensor, in this process's memory unless it is {@link Resident}. */
export interface Tensor<T extends TensorType = TensorType> {
  readonly type: T;
  readonly shape: readonly number[];
  /** @throws Error where the tensor lies on a device: only a session brings it here */
  readonly data: TensorData[T];
  /** Where it lies on a device. */
  readonly resident?: Resident;
}

/** A tensor's memory on a device. It is fed to sessions of the runtime that made it, and to no others. */
export interface Resident {
  readonly runtime: Runtime;
  /** Gives the memory back; the tensor must not be used afterwards. */
  free(): void;
}

/** A graph ready to be loaded: the encoded ONNX model and the folder under which its external weights lie. */
export interface GraphFile {
  /** Shown in errors and in the list of sessions. */
  readonly name: string;
  /** What it was built for. */
  readonly device: Device;
  readonly bytes: Uint8Array;
  /** Folder that the locations of external data are relative to. */
  readonly weightsRoot: string;
  /** Inputs that are weights: whoever holds them in memory feeds them with every run. */
  readonly fed?: readonly FedWeight[];
  /** Inputs that follow from the shapes of the others: the session feeds them itself. */
  readonly shapeInputs?: readonly ShapeInput[];
  /** Outputs that stay on the device, for whoever fetches them to free. */
  readonly residentOutputs?: readonly string[];
}

/** A loaded graph. Runs are strictly one after another; each blocks the process it runs in. */
export interface Session {
  /**
   * Runs the graph and returns exactly the outputs named in `fetches`.
   * @param into memory that outputs are written to, by name; it may be an input's where the operator allows that
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>>;
}

/** A device with a way to load graphs on it. */
export interface Runtime {
  readonly device: Device;
  /** In what graphs for it compute products; float32 where it is not given. */
  readonly products?: Products;
  createSession(graph: GraphFile): Promise<Session>;
}

/** 8-bit RGB, rows from the top, `data.length === width * height * 3`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Decodes an image file (PNG, JPEG, WebP); throws `InputError` naming the file when it cannot. */
export interface ImageDecoder {
  /** Width and height from the header alone. */
  size(path: string, within?: string): Promise<ImageSize>;
  decode(path: string, within?: string): Promise<RgbImage>;
}

/**
 * Reads image files for a model. What is wrong with one image is its own error: the others are read all the same. With
 * `within`, files that lie outside that folder once links are resolved are refused.
 */
export interface ImageReader {
  sizes(paths: readonly string[], within?: string): Promise<(ImageSize | InputError)[]>;
  process(
    paths: readonly string[],
    settings: PreprocessorSettings,
    within?: string,
  ): Promise<(ProcessedImage | InputError)[]>;
}

/** Reads parquet files in a process that may be killed. All throw InputError naming the file and what is wrong with it. */
export interface ParquetReader {
  /** All rows as plain values, those of `columns` that there are; `images` are columns of cells `{bytes, path}`. */
  rows(
    path: string,
    columns: readonly string[],
  ): Promise<{ rows: Record<string, unknown>[]; images: readonly string[] }>;
  /**
   * Puts the images of some rows into files of `folder`, named by their content.
   * @param rows from 0, ascending
   * @returns per row the absolute path of its image, null where it has none, or what is wrong with it
   */
  extractImages(
    path: string,
    column: string,
    rows: readonly number[],
    folder: string,
  ): Promise<(string | null | { readonly problem: string })[]>;
}

/** Reads spreadsheets (.xlsx) in a process that may be killed. */
export interface SpreadsheetReader {
  /**
   * The rows of a file's first sheet by the names in its first row: texts, numbers, truth values, null for empty cells.
   * @throws InputError naming the file and what is wrong with it
   */
  rows(path: string): Promise<Record<string, unknown>[]>;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
