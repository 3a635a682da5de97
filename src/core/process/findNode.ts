import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../../shared/errors';

/** The runtime that the engine runs on. */
export interface NodeRuntime {
  readonly execPath: string;
  readonly env: Readonly<Record<string, string>>;
  /**
   * Electron run as Node: its allocator ends the process on very large allocations (1 GiB and more), so large models
   * are refused on it.
   */
  readonly electron: boolean;
}

const oldestNode = 20;

/**
 * The Node to run the engine on: the user's setting, this process's own (CLI, remote servers), one on the PATH, else
 * Electron as Node.
 * @throws InputError when the setting names something that is not a Node of version 20 or later
 */
export async function findNode(setting?: string): Promise<NodeRuntime> {
  if (setting) {
    const version = await versionOf(setting);
    if (version === undefined || version < oldestNode) {
      const found = version === undefined ? 'is not Node' : `is Node ${version}`;
      throw new InputError(`frankenstein.nodePath: ${setting} ${found}`, `Set it to a Node ${oldestNode} or later.`);
    }
    return { execPath: setting, env: {}, electron: false };
  }
  if (!process.versions.electron) return { execPath: process.execPath, env: {}, electron: false };
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute)) {
    const candidate = path.join(folder, name);
    if (((await versionOf(candidate)) ?? 0) >= oldestNode) return { execPath: candidate, env: {}, electron: false };
  }
  return { execPath: process.execPath, env: { ELECTRON_RUN_AS_NODE: '1' }, electron: true };
}

/** Major version, or undefined when it is no Node. */
async function versionOf(execPath: string): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)(execPath, ['--version'], { timeout: 5000 });
    const match = /^v(\d+)\./.exec(stdout);
    return match ? Number(match[1]) : undefined;
  } catch {
    return undefined;
  }
}
