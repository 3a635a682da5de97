/** A folder that appears whole or not at all: written beside its place and renamed. */
import { open, readdir, rename, rm, rmdir, stat, statfs, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../../shared/errors';
import { fileError } from './fileErrors';
import { syncFolderOf, type FileOperations } from './fileOperations';
import { exists } from './folders';

/** @throws InputError when something is there that is no empty folder */
export async function assertNewOrEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw fileError('write', folder, error);
  });
  if (names.length > 0) throw new InputError(`${folder} exists and is not empty`, 'Choose a new folder.');
}

/** Bytes that this process may still write where `place` is or will be. */
export async function freeBytes(place: string): Promise<number> {
  let folder = place;
  while (!(await exists(folder))) folder = path.dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Bytes; null when there is no such file. */
export function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ size }) => size,
    () => null,
  );
}

/** Opens a file for the time of `work`. */
export async function withFile<T>(file: string, flags: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, flags).catch((error: unknown) => Promise.reject(fileError('write', file, error)));
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

export function renameFile(from: string, to: string): Promise<void> {
  return rename(from, to).catch((error: unknown) => Promise.reject(fileError('write', to, error)));
}

/** Of a file too; what is not there is gone already. */
export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** Names and bytes of a folder's files. */
export async function describeFolder(folder: string): Promise<{ files: string[]; bytes: number }> {
  const files = (await readdir(folder)).sort();
  let bytes = 0;
  for (const name of files) bytes += (await sizeOf(path.join(folder, name))) ?? 0;
  return { files, bytes };
}

/** Gives `part` the name `folder`, which may be there and empty. @returns names and bytes of its files */
export async function publishFolder(
  part: string,
  folder: string,
  operations: FileOperations,
): Promise<{ files: string[]; bytes: number }> {
  const content = await describeFolder(part);
  try {
    await syncFolderOf(path.join(part, 'entry'), operations);
    if (await exists(folder)) await rmdir(folder);
    await rename(part, folder);
    await syncFolderOf(folder, operations);
  } catch (error) {
    throw fileError('write', folder, error);
  }
  return content;
}
