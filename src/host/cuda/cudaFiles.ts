import { existsSync, readFileSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock } from '../../core/files/fileLock';
import { fileError } from '../../core/files/fileErrors';
import { diskOperations } from '../../core/files/fileOperations';
import { ensureFolder } from '../../core/files/folders';
import { freeBytes, publishFolder, removeFolder } from '../../core/files/outputFolder';
import { extractZipEntry, readZipDirectory } from '../../core/files/zipArchive';
import { InputError } from '../../shared/errors';
import { bytes as formatBytes } from '../../shared/format';
import { fetchNugetPackage, findNugetPackage } from './nugetPackage';

/** As the npm package's own script has it, which VS Code extensions cannot run. */
const packageId = 'Microsoft.ML.OnnxRuntime.Gpu.Linux';
const nuget = 'https://api.nuget.org/v3';
const folderInPackage = 'runtimes/linux-x64/native';
/** ONNX Runtime loads them from beside its own library. */
const providers = ['cuda', 'shared', 'tensorrt'].map((name) => `libonnxruntime_providers_${name}.so`);
const ownLibrary = 'libonnxruntime.so.1';
const largestLibrary = 2 ** 31;
/** The version follows. */
const folderStart = 'onnxruntime-cuda-';

export interface InstallProgress {
  readonly phase: 'asking' | 'fetching' | 'unpacking';
  /** Bytes. */
  readonly done: number;
  readonly total: number;
}

/**
 * ONNX Runtime's libraries for CUDA. They are too large to come with the extension, so they are fetched when the user
 * asks for them, and put beside a copy of ONNX Runtime's library: a folder that the engine's linker searches first.
 */
export class CudaFiles {
  /**
   * @param storage where the extension may keep files
   * @param runtime the folder of the package onnxruntime-node
   * @param feed the service the archive comes from
   */
  constructor(
    private readonly storage: string,
    private readonly runtime: string,
    private readonly feed = nuget,
    private readonly place: { readonly platform: string; readonly arch: string } = process,
  ) {}

  /** Whether there are such files for this machine. */
  get isPossible(): boolean {
    return this.place.platform === 'linux' && this.place.arch === 'x64';
  }

  /** Whether they are there, for the version of ONNX Runtime that the extension has. */
  get isInstalled(): boolean {
    return this.isPossible && existsSync(path.join(this.folder, ownLibrary));
  }

  /** Where they are, or will be. */
  get folder(): string {
    return path.join(this.storage, folderStart + this.version());
  }

  /** What the engine finds them by. */
  environment(): Record<string, string> {
    if (!this.isInstalled) return {};
    const searched = [this.folder, process.env.LD_LIBRARY_PATH].filter(Boolean);
    return { LD_LIBRARY_PATH: searched.join(':') };
  }

  /**
   * Fetches and unpacks them. They are there whole or not at all.
   * @throws InputError when they cannot be had, are damaged, or do not fit on the disk
   */
  async install(signal: AbortSignal, onProgress: (progress: InstallProgress) => void): Promise<void> {
    if (!this.isPossible) {
      throw new InputError('ONNX Runtime for Node has CUDA on Linux x64 only', 'Choose the device webgpu for a GPU.');
    }
    await ensureFolder(this.storage);
    const lock = await acquireLock(path.join(this.storage, 'cuda.lock'), 'installing CUDA files');
    const part = path.join(this.storage, 'cuda.part');
    try {
      await removeFolder(part); // of a process that was killed
      const files = path.join(part, 'files');
      await ensureFolder(files);
      await this.fetchInto(part, files, signal, onProgress);
      await copyFile(path.join(this.runtime, 'bin/napi-v6/linux/x64', ownLibrary), path.join(files, ownLibrary));
      signal.throwIfAborted();
      await this.remove();
      await publishFolder(files, this.folder, diskOperations);
    } catch (error) {
      throw signal.aborted ? error : fileError('write', this.folder, error);
    } finally {
      await removeFolder(part);
      await lock.release();
    }
  }

  /** Removes them, and those of other versions. */
  async remove(): Promise<void> {
    for (const name of await listed(this.storage)) {
      if (name.startsWith(folderStart)) await removeFolder(path.join(this.storage, name));
    }
  }

  private async fetchInto(
    part: string,
    files: string,
    signal: AbortSignal,
    onProgress: (progress: InstallProgress) => void,
  ): Promise<void> {
    onProgress({ phase: 'asking', done: 0, total: 1 });
    const found = await findNugetPackage(this.feed, packageId, this.version(), signal);
    await this.assertRoom(found.bytes);
    const archive = path.join(part, 'package.nupkg');
    let done = 0;
    const onBytes = (count: number) => onProgress({ phase: 'fetching', done: (done += count), total: found.bytes });
    await fetchNugetPackage(found, archive, onBytes, signal);

    const directory = await readZipDirectory(archive);
    const entries = providers.map((name) => {
      const entry = directory.get(`${folderInPackage}/${name}`);
      if (!entry) throw new InputError(`${found.address} has no ${name}`, 'Nothing was installed.');
      return { name, entry };
    });
    const total = entries.reduce((sum, { entry }) => sum + entry.size, 0);
    await this.assertRoom(total);
    let unpacked = 0;
    for (const { name, entry } of entries) {
      onProgress({ phase: 'unpacking', done: unpacked, total });
      await extractZipEntry(archive, entry, path.join(files, name), largestLibrary, signal);
      unpacked += entry.size;
    }
  }

  private async assertRoom(needed: number): Promise<void> {
    const free = await freeBytes(this.storage);
    if (needed <= free) return;
    throw new InputError(
      `${this.storage} has ${formatBytes(free)} free, and the CUDA files need ${formatBytes(needed)}`,
      'Free some, and try again.',
    );
  }

  private version(): string {
    const { version } = JSON.parse(readFileSync(path.join(this.runtime, 'package.json'), 'utf8')) as {
      version: string;
    };
    return version;
  }
}

function listed(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
