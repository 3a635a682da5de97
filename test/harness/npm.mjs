import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs npm. Under `npm run` npm names its own script; elsewhere it is looked for on the PATH.
 * @param {string[]} args
 * @param {string} cwd
 * @throws {Error} with what npm said
 */
export async function npm(args, cwd) {
  const script = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined;
  const [command, ...before] = script ? [process.execPath, script] : ['npm'];
  const shell = !script && process.platform === 'win32';
  await promisify(execFile)(command, [...before, ...args], { cwd, shell, maxBuffer: 2 ** 26 });
}
