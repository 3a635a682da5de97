import assert from 'node:assert/strict';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import { WeightReader } from '../../../src/core/files/weightReader';
import { readMasterWeights } from '../../../src/core/train/masterWeights';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { writeWeights } from '../../harness/weights';

const folder = temporaryFolders();

describe('master weights', () => {
  it('are the file’s numbers, in float32', async () => {
    const values = [1.5, -0.25, 3, 0];
    const dtypes = ['F32', 'BF16', 'F16'] as const;
    const place = writeWeights(
      folder(),
      Object.fromEntries(dtypes.map((dtype) => [dtype, { dtype, shape: [2, 2], values }])),
    );
    const odd = writeWeights(folder(), { odd: { dtype: 'F8_E4M3', shape: [1], values: [1] } });
    const reader = new WeightReader();
    const read = async (directory: string) => {
      const { tensors } = await openCheckpoint(directory);
      return readMasterWeights([...tensors.values()], reader.read.bind(reader), new AbortController().signal);
    };
    const masters = await read(place);
    for (const dtype of dtypes) assert.deepEqual(masters.get(dtype), Float32Array.from(values), dtype);
    await refuses(read(odd), /odd is F8_E4M3; only F32, F16 and BF16 can be trained/);
    reader.close();
  });
});
