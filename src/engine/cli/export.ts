import path from 'node:path';
import { exportFormats, exportRuns } from '../../core/export/exportRuns';
import { writeFileAtomic } from '../../core/files/atomicWrite';
import { ensureFolder } from '../../core/files/folders';
import { InputError } from '../../shared/errors';
import type { Verb } from '../cli';
import { SandboxClient } from '../sandboxClient';
import { print, readArguments, required } from './arguments';

const options = { format: { type: 'string' }, out: { type: 'string' } } as const;

export const exportRun: Verb = async (words) => {
  const { values, words: places, json } = readArguments(words, options, 'RUN');
  const format = exportFormats.find((known) => known === required('format', values.format));
  if (!format) {
    throw new InputError(`--format ${values.format} is not a format`, `Choose ${exportFormats.join(', ')}`);
  }
  const output = path.resolve(required('out', values.out));
  const warn = (text: string) => process.stderr.write(`warning: ${text}\n`);
  const sandbox = new SandboxClient(); // starts nothing unless a data set is a parquet file
  const tools = { warn, parquet: sandbox.parquet };
  // All of them, before the first is written.
  const files = await exportRuns(path.resolve(places[0]!), format, tools).finally(() => sandbox.stop());
  for (const { name, content } of files) {
    const file = path.join(output, name);
    await ensureFolder(path.dirname(file));
    await writeFileAtomic(file, content);
  }
  const names = files.map(({ name }) => name);
  print(json, { output, files: names }, () => names.map((name) => `${path.join(output, name)}\n`).join(''));
};
