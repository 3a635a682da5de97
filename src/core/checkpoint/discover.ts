import { homedir } from 'node:os';
import path from 'node:path';
import { listFolder, type FolderEntry } from '../files/listFolder';

export interface SearchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Levels of folders below a root; 6 where it is not given. */
  readonly maxDepth?: number;
}

/** Folders read in one search: a home directory must not keep the disk busy for minutes. */
const mostFolders = 20_000;

/**
 * Folders at and below `roots` that look like Hugging Face checkpoints: config.json and at least one safetensors file.
 * Nothing is opened. Links to folders are not followed below a root, so that no circle is walked; folders that cannot
 * be read are passed over.
 * @returns absolute paths, sorted
 * @throws what `signal` throws
 */
export async function findCheckpoints(
  roots: readonly string[],
  { signal, maxDepth = 6 }: SearchOptions = {},
): Promise<string[]> {
  const found = new Set<string>();
  let level = [...new Set(roots.map((root) => path.resolve(root)))];
  let read = 0;
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      signal?.throwIfAborted();
      if (++read > mostFolders) return [...found].sort();
      const entries = await listFolder(folder).catch((): FolderEntry[] => []);
      if (looksLikeCheckpoint(entries)) found.add(folder);
      const below = entries.filter(({ name, kind, isLink }) => kind === 'folder' && !isLink && !isSkipped(name));
      next.push(...below.map(({ name }) => path.join(folder, name)));
    }
    level = next;
  }
  return [...found].sort();
}

function looksLikeCheckpoint(entries: readonly FolderEntry[]): boolean {
  const files = entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  return files.includes('config.json') && files.some((name) => name.endsWith('.safetensors'));
}

/** Code, caches and run folders. */
function isSkipped(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || name === '__pycache__' || name.endsWith('.runs');
}

/** The Hugging Face cache, as huggingface_hub finds it. */
export function huggingFaceCacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = environment;
  const cache = HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE;
  if (cache) return expandHome(cache);
  const home = HF_HOME || path.join(XDG_CACHE_HOME || path.join('~', '.cache'), 'huggingface');
  return path.join(expandHome(home), 'hub');
}

/** A checkpoint in the cache. */
export interface CachedCheckpoint {
  /** As in `Qwen/Qwen2.5-VL-7B-Instruct`. */
  readonly repository: string;
  /** The commit. */
  readonly revision: string;
  readonly directory: string;
}

/** Checkpoints in the Hugging Face cache, `models--org--name/snapshots/<revision>`. @throws what `signal` throws */
export async function findCachedCheckpoints(
  root = huggingFaceCacheRoot(),
  signal?: AbortSignal,
): Promise<CachedCheckpoint[]> {
  const found: CachedCheckpoint[] = [];
  for (const { name } of await foldersIn(root)) {
    if (!name.startsWith('models--')) continue;
    signal?.throwIfAborted();
    const snapshots = path.join(root, name, 'snapshots');
    for (const { name: revision } of await foldersIn(snapshots)) {
      const directory = path.join(snapshots, revision);
      if (!looksLikeCheckpoint(await listFolder(directory).catch((): FolderEntry[] => []))) continue;
      found.push({ repository: name.slice('models--'.length).replace('--', '/'), revision, directory });
      if (found.length >= mostFolders) return found;
    }
  }
  return found;
}

async function foldersIn(folder: string): Promise<FolderEntry[]> {
  const entries = await listFolder(folder).catch((): FolderEntry[] => []);
  return entries.filter(({ kind }) => kind === 'folder');
}

function expandHome(folder: string): string {
  return path.resolve(folder.replace(/^~(?=$|[\\/])/, homedir()));
}
