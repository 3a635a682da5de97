import path from 'node:path';
import { listFolder, type FolderEntry } from '../../files/listFolder';
import type { ValueMeaning } from '../schema';

export interface PathCandidate {
  /** As the file would say it: relative with `./`, or as far as the user has typed it. Folders end in a slash. */
  readonly text: string;
  readonly kind: 'folder' | 'file';
}

const mostCandidates = 200;

/** Whether a value with this meaning is a path. */
export function isPath(meaning: ValueMeaning | undefined): boolean {
  return meaning === 'checkpointFolder' || meaning === 'pairsFolder' || meaning === 'dataset' || meaning === 'output';
}

/** Folders, and for data sets files, that continue what is typed. None where the folder cannot be read. */
export async function pathCandidates(
  typed: string,
  meaning: ValueMeaning,
  directory: string,
): Promise<PathCandidate[]> {
  const cut = typed.lastIndexOf('/') + 1;
  const base = cut > 0 ? typed.slice(0, cut) : './';
  const entries = await listFolder(path.resolve(directory, base)).catch((): FolderEntry[] => []);
  const fitting = entries.filter(({ name, kind }) => {
    if (name.startsWith('.') || name === 'node_modules' || name.endsWith('.runs')) return false;
    return kind === 'folder' || (kind === 'file' && meaning === 'dataset' && /\.(jsonl|parquet)$/.test(name));
  });
  return fitting.slice(0, mostCandidates).map(({ name, kind }): PathCandidate => {
    const isFolder = kind === 'folder';
    return { text: base + name + (isFolder && meaning === 'dataset' ? '/' : ''), kind: isFolder ? 'folder' : 'file' };
  });
}
