import path from 'node:path';
import { ensureFolder, exists, moveIfThere } from '../files/folders';

/** The files of a run. */
export interface RunPaths {
  readonly folder: string;
  readonly manifest: string;
  readonly rows: string;
  readonly summary: string;
  readonly log: string;
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
  for (const name of [runFiles.rows, runFiles.summary, runFiles.log, runFiles.manifest]) {
    await moveIfThere(path.join(paths.folder, name), path.join(target, name));
  }
  return target;
}
