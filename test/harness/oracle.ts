/** Reference values from Hugging Face transformers 5.18.0 (PyTorch 2.13, CPU, float32, eager attention). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GoldenCase {
  readonly case: number;
  readonly prompt: string;
  readonly images: readonly string[];
  readonly generated_ids: readonly number[];
  readonly generated_text: string;
  /** The first step at which the best token leads by less than 1e-3: from there on two right programs may differ. */
  readonly compare?: number | null;
  readonly ablated_generated_ids?: readonly (readonly number[])[];
  readonly ablated_compare?: readonly (number | null)[];
}

/** A checkpoint with reference values. */
export interface OracleSet {
  readonly name: string;
  readonly checkpoint: string;
  readonly cases: readonly GoldenCase[];
  readonly tensors: Map<string, Float32Array | Int32Array>;
  image(name: string): string;
}

const folders = ['tied-f32', 'untied-bf16-3-shards-new-names', 'flat-config-f16'];
const fixtures = 'test/fixtures/oracle';
const lab = 'media/sample-lab';

/** Two cases of each folder: what every clone has. */
export function oracleFixtures(): OracleSet[] {
  return [...folders.map((name) => randomSet(name, fixtures)), labSet('in', fixtures)];
}

/** Every case there is. */
export function wholeOracle(shared: string): OracleSet[] {
  const root = join(shared, 'oracle');
  return [...folders.map((name) => randomSet(name, root)), ...['base', 'in', 'rl'].map((name) => labSet(name, root))];
}

function randomSet(name: string, root: string): OracleSet {
  const folder = join(root, name);
  const image = (file: string) => join(folder, 'images', file);
  return { name, checkpoint: join(folder, 'checkpoint'), ...golden(join(folder, 'golden')), image };
}

function labSet(name: string, root: string): OracleSet {
  const places = ['evaluation', ...['recognition', 'counting', 'ocr', 'grounding'].map((f) => `pairs/${f}`)];
  const image = (file: string) =>
    places.map((place) => join(lab, place, 'images', file)).find((candidate) => existsSync(candidate))!;
  return { name: `lab/${name}`, checkpoint: join(lab, name), ...golden(join(root, 'lab', `golden-${name}`)), image };
}

function golden(path: string): Pick<OracleSet, 'cases' | 'tensors'> {
  const cases = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as GoldenCase[];
  return { cases, tensors: readTensors(`${path}.safetensors`) };
}

/** A whole safetensors file of F32 and I32 tensors, read the simple way. */
export function readTensors(path: string): Map<string, Float32Array | Int32Array> {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  delete header.__metadata__;
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          dtype,
          data_offsets: [from, to],
        },
      ]) => {
        const data = Uint8Array.from(bytes.subarray(start + from, start + to)).buffer;
        return [name, dtype === 'F32' ? new Float32Array(data) : new Int32Array(data)];
      },
    ),
  );
}
