import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { encodeWeights, normals, seeded } from '../harness/weights';

const rows = 3584;
const columns = 18944;
const blockRows = 64;

/** Bytes of the weights. */
export function largeCheckpointBytes(): number {
  return 2 * rows * columns * layersOf();
}

/**
 * Writes a checkpoint of one shard of 2 GB: a bfloat16 matrix per layer.
 * @param which 0, or 1 for the same with half of its entries changed a little, as after training
 * @returns its layers
 */
export function writeLargeCheckpoint(folder: string, which: 0 | 1): number {
  const layers = layersOf();
  const bytes = 2 * rows * columns;
  const entries = Array.from({ length: layers }, (_, l) => {
    const place = { dtype: 'BF16', shape: [rows, columns], data_offsets: [l * bytes, (l + 1) * bytes] };
    return [`model.layers.${l}.mlp.up_proj.weight`, place];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ model_type: 'llama', num_hidden_layers: layers }));
  const file = openSync(path.join(folder, 'model.safetensors'), 'w');
  writeSync(file, length);
  writeSync(file, header);
  // One block of random rows, written again and again: random numbers are slow, and reading it is the same work.
  const block = normals(blockRows * columns, 0.02, seeded(1));
  const changed = seeded(2);
  const own = which === 0 ? block : block.map((x) => (changed() < 0.5 ? x : x + 1e-4 * changed()));
  const encoded = encodeWeights('BF16', own);
  for (let row = 0; row < layers * rows; row += blockRows) writeSync(file, encoded);
  closeSync(file);
  return layers;
}

function layersOf(): number {
  return Math.round(1e9 / (rows * columns));
}
