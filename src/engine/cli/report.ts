import path from 'node:path';
import { readReportRuns } from '../../core/experiment/report/reportRun';
import { reportPage } from '../../core/experiment/report/reportPage';
import { writeFileAtomic } from '../../core/files/atomicWrite';
import type { Verb } from '../cli';
import { print, readArguments } from './arguments';

const options = { out: { type: 'string' } } as const;

export const report: Verb = async (words) => {
  const { values, words: places, json } = readArguments(words, options, 'RUN');
  const folder = path.resolve(places[0]!);
  const runs = await readReportRuns(folder);
  const output = path.resolve(values.out ?? path.join(folder, 'report.html'));
  await writeFileAtomic(output, reportPage(path.basename(folder).replace(/\.runs$/, ''), runs));
  print(json, { output, runs: runs.map(({ id }) => id) }, () => `${output}\n`);
};
