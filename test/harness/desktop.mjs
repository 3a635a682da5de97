// The desktop VS Code of this machine, where there is one and something to show it on.
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Where the program is, seen from the folder of its `code` command. */
const programs = {
  linux: '../code',
  darwin: '../../../MacOS/Electron',
  win32: '../Code.exe',
};

/** @returns {string | undefined} the command `code`; undefined where it is not there or there is no display */
export function desktopCommand() {
  const { DISPLAY, WAYLAND_DISPLAY, PATH = '' } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const folders = PATH.split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(existsSync);
}

/** @returns {string | undefined} the program itself, which tests start: VSCODE_PATH, else the one of the command */
export function desktopExecutable() {
  if (process.env.VSCODE_PATH) return process.env.VSCODE_PATH;
  const command = desktopCommand();
  const program = command && join(dirname(realpathSync(command)), programs[process.platform] ?? '');
  return program && existsSync(program) ? program : undefined;
}
