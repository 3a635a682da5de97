import systemPath from 'node:path';
import { InputError } from '../../shared/errors';

/**
 * Where a file of weights lies below the root of its file system, as ONNX writes it: with slashes, without one in front.
 * @param path the rules for paths, those of this system by default
 * @throws InputError when it lies on another drive or share; a drive's letter may be of either case
 */
export function weightLocation(root: string, file: string, path: systemPath.PlatformPath = systemPath): string {
  const relative = path.relative(root, file);
  if (path.isAbsolute(relative)) {
    throw new InputError(`${file} lies on another drive than ${root}`, 'Put the checkpoints on one drive.');
  }
  return relative.split(path.sep).join('/');
}
