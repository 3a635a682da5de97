import { writeFileSync } from 'node:fs';
import path from 'node:path';

export const sampleLab = path.resolve('media/sample-lab');

/** A swap step of few pairs in many batches: 12 layers and 2 untouched answers are the 14 sequences of one pair. */
export const quickSwap = `checkpoint: in, pairs: ${sampleLab}/pairs, batch: 14, maxNewTokens: 8`;

/** Writes an experiment file over the sample lab's checkpoints. @param steps lines of the file */
export function writeExperiment(folder: string, ...steps: readonly string[]): string {
  const file = path.join(folder, 'x.frankenstein.yaml');
  const checkpoints = ['base', 'in', 'rl'].map((name) => `  ${name}: ${sampleLab}/${name}`);
  writeFileSync(file, ['version: 1', 'checkpoints:', ...checkpoints, ...steps, ''].join('\n'));
  return file;
}
