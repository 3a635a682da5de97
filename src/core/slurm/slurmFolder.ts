/** Where an array keeps its files: `slurm/` in the step's run folder. */
import path from 'node:path';
import { runPathsIn } from '../experiment/runFolder';
import { readSmallFile } from '../files/containedFile';
import { listFolder } from '../files/listFolder';

/** A step as Slurm runs it. */
export interface ArrayPlace {
  /** The experiment file. */
  readonly file: string;
  readonly step: string;
  /** The folder of all runs. */
  readonly runs: string;
  /** Whether that folder was named by the user, and must be named again to whoever runs a shard. */
  readonly ownRuns: boolean;
}

export interface ArrayPaths {
  readonly folder: string;
  /** What was sent: the record. */
  readonly record: string;
  readonly lock: string;
  readonly script: string;
  readonly collectScript: string;
  readonly collectLog: string;
}

export function arrayPaths({ runs, step }: Pick<ArrayPlace, 'runs' | 'step'>): ArrayPaths {
  const folder = path.join(runPathsIn(runs, step).folder, 'slurm');
  const file = (name: string) => path.join(folder, name);
  return {
    folder,
    record: file('array.json'),
    lock: file('lock.json'),
    script: file('shards.sh'),
    collectScript: file('collect.sh'),
    collectLog: file('collect.log'),
  };
}

export function shardLog(folder: string, shard: number): string {
  return path.join(folder, `shard-${shard}.log`);
}

/** What a shard's job wrote of itself last. */
export interface ShardNote {
  readonly word: 'running' | 'ended';
  /** Of the submission: a cluster that was set up anew gives its job ids again. */
  readonly token: string;
  readonly host: string;
  /** Exit code; null while it runs. */
  readonly code: number | null;
  /** Unix time in seconds. */
  readonly time: number;
}

const noteLimit = 4096;

/** The notes of an array's shards, by shard. A note that is not whole counts as none. */
export async function readNotes(folder: string): Promise<ReadonlyMap<number, ShardNote>> {
  const entries = await listFolder(folder).catch(() => []);
  const notes = new Map<number, ShardNote>();
  for (const { name, kind } of entries) {
    const [, shard] = /^shard-(\d{1,6})\.state$/.exec(name) ?? [];
    if (shard === undefined || kind !== 'file') continue;
    const bytes = await readSmallFile(path.join(folder, name), { limit: noteLimit, within: folder }).catch(() => null);
    const note = bytes && parseNote(new TextDecoder().decode(bytes));
    if (note) notes.set(Number(shard), note);
  }
  return notes;
}

/** `running 0a1b2c3d4e5f node7 - 1700000000`, `ended 0a1b2c3d4e5f node7 0 1700000300`. */
export function parseNote(text: string): ShardNote | null {
  const match =
    /^(?:(running) ([0-9a-f]{12}) (\S{1,255}) -|(ended) ([0-9a-f]{12}) (\S{1,255}) (\d{1,3})) (\d{1,12})\n$/.exec(text);
  if (!match) return null;
  const [, running, token, host, , endedToken, endedHost, code, time] = match;
  return running
    ? { word: 'running', token: token!, host: host!, code: null, time: Number(time) }
    : { word: 'ended', token: endedToken!, host: endedHost!, code: Number(code), time: Number(time) };
}
