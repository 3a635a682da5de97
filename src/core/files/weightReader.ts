import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../shared/errors';
import { fileError } from './fileErrors';

/**
 * Reads pieces of large files straight into memory that is given, in a thread that may wait. Files stay open until
 * `close`. Whether a file is still the one that was opened is for the caller to see (`assertUnchangedFiles`).
 */
export class WeightReader {
  private readonly descriptors = new Map<string, number>();

  /** Fills `target` with the file's bytes from `offset` on. @throws InputError when the file ends before */
  read(path: string, offset: number, target: Uint8Array): void {
    for (let done = 0; done < target.length;) {
      const count = this.attempt(path, (descriptor) =>
        readSync(descriptor, target, done, target.length - done, offset + done),
      );
      if (count === 0) throw new InputError(`${path} ends before byte ${offset + target.length}: it was cut off`);
      done += count;
    }
  }

  close(): void {
    for (const descriptor of this.descriptors.values()) closeSync(descriptor);
    this.descriptors.clear();
  }

  private attempt(path: string, read: (descriptor: number) => number): number {
    try {
      return read(this.descriptors.get(path) ?? this.open(path));
    } catch (error) {
      throw fileError('read', path, error);
    }
  }

  private open(path: string): number {
    // Without O_NONBLOCK the open of a pipe waits for its other end.
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    this.descriptors.set(path, descriptor);
    if (!fstatSync(descriptor).isFile()) throw new InputError(`${path} is no regular file`);
    return descriptor;
  }
}
