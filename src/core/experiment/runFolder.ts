import path from 'node:path';
import { ensureFolder, exists, moveIfThere } from '../files/folders';

/** The files of a run. */
export interface RunPaths {
  readonly folder: string;
  readonly manifest: string;
  readonly rows: string;
  readonly summary: string;
  readonly log: string;
  /** What was asked, where a step asks items of data sets. */
  readonly items: string;
  readonly lock: string;
  /** Shared by all runs of an experiment. */
  readonly hashCache: string;
}

/** Names inside a run folder. */
export const runFiles = {
  manifest: 'manifest.json',
  rows: 'rows.jsonl',
  summary: 'summary.json',
  log: 'log.txt',
  items: 'items.json',
  lock: 'lock.json',
} as const;

/** The paths of a step's run. Nothing is created. */
export function runPathsIn(runs: string, step: string, shard?: { index: number; count: number }): RunPaths {
  const whole = path.join(runs, step);
  const folder = shard ? path.join(whole, 'shards', `${shard.index}-of-${shard.count}`) : whole;
  const file = (name: string) => path.join(folder, name);
  return {
    folder,
    manifest: file(runFiles.manifest),
    rows: file(runFiles.rows),
    summary: file(runFiles.summary),
    log: file(runFiles.log),
    items: file(runFiles.items),
    lock: file(runFiles.lock),
    hashCache: path.join(runs, '.hashes.json'),
  };
}

/** Moves what a run has written into a folder beside it, `<step>~1`, `<step>~2`, … @returns that folder */
export async function setAside(paths: RunPaths): Promise<string> {
  let number = 1;
  while (await exists(`${paths.folder}~${number}`)) number++;
  const target = `${paths.folder}~${number}`;
  await ensureFolder(target);
  const { rows, summary, log, items, manifest } = runFiles;
  for (const name of [rows, summary, log, items, manifest]) {
    await moveIfThere(path.join(paths.folder, name), path.join(target, name));
  }
  return target;
}
