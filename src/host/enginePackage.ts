import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * The folder of an npm package that the engine loads, where Node finds it for the engine's bundle: the packaged extension
 * has it in dist/node_modules, the repository in node_modules.
 * @throws Error when it is not there
 */
export function enginePackage(extensionPath: string, name: string): string {
  const bundle = path.join(extensionPath, 'dist', 'engine.js');
  return path.dirname(createRequire(bundle).resolve(`${name}/package.json`));
}
