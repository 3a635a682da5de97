import { openCheckpoint } from '../../core/checkpoint/checkpoint';
import { inspectCheckpoint as describe } from '../../core/checkpoint/inspect';
import { bytes, quantity } from '../../shared/format';
import type { Verb } from '../cli';
import { print, readArguments } from './arguments';

export const inspectCheckpoint: Verb = async (words) => {
  const { json, words: places } = readArguments(words, {}, 'DIR');
  const checkpoint = await openCheckpoint(places[0]!);
  for (const warning of checkpoint.warnings) process.stderr.write(`warning: ${warning}\n`);
  const result = describe(checkpoint);
  print(json, result, () => {
    const regions = Object.entries(result.regions).map(([name, [from, to]]) => `${name} ${from}–${to - 1}`);
    const dtypes = Object.entries(result.dtypes).map(([dtype, count]) => `${count} ${dtype}`);
    return [
      `${result.family}: ${quantity(result.parameters)} parameters, ${bytes(result.bytes)}, ${dtypes.join(', ')}`,
      `${result.numLayers} decoder layers (${regions.join(', ')}), ${result.visionLayers} vision layers`,
      `${result.tensors.length} tensors, head ${result.tied ? 'tied' : 'separate'}`,
      '',
    ].join('\n');
  });
};
