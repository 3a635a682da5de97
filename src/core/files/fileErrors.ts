import { InputError } from '../../shared/errors';

/** What the user can mend about a file, by the code that the system gives. */
const mendable: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENXIO: 'it is not a regular file',
  EINVAL: 'the system refuses its name',
  ERR_INVALID_ARG_VALUE: 'the system refuses its name',
};

/** What is the machine's failure and not the input's. */
const machine: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the device failed',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EFBIG: 'the file would become too large for its file system',
};

/**
 * An error that names a file and the cause. It is an {@link InputError} where the user can mend it, and keeps Node's
 * error as its `cause`.
 * @param action what failed, as in "read" or "write"
 */
export function fileError(action: string, path: string, error: unknown): Error {
  if (error instanceof InputError) return error;
  const { code = '', message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  const start = `cannot ${action} ${path}`;
  const reason = mendable[code];
  if (reason) return new InputError(`${start}: ${reason}`, undefined, { cause: error });
  return new Error(`${start}: ${machine[code] ? `${machine[code]} (${code})` : message}`, { cause: error });
}

/** Whether a {@link fileError} says that there is no such file. */
export function isMissing(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
