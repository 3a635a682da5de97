// The VS Code server has native parts that npm builds from source or fetches from elsewhere, which a machine with
// neither a compiler nor more than npm cannot do. Two of them are a few lines of JavaScript: log files (every output
// channel is one) and an extension host that ends with its server. The search tool, without which `workspace.findFiles`
// finds nothing, is in npm too in later versions. Without node-pty there is no terminal; nothing here needs one.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** To be installed beside the server. */
export const searchTool = '@vscode/ripgrep@1.18.0';

/**
 * Puts what was built or fetched elsewhere into the server.
 * @param {string} installed the folder that the server and the search tool were installed into
 * @param {string} server the folder of the server inside
 */
export async function installStandIns(installed, server) {
  const module = (...names) => join(server, 'node_modules', ...names);
  await writeFile(module('@vscode', 'spdlog', 'index.js'), spdlog);
  await writeFile(module('native-watchdog', 'index.js'), watchdog);
  const platform = join(installed, 'node_modules', '@vscode', `ripgrep-${process.platform}-${process.arch}`);
  await mkdir(module('@vscode', 'ripgrep', 'bin'), { recursive: true });
  await cp(join(platform, 'bin'), module('@vscode', 'ripgrep', 'bin'), { recursive: true });
}

/** Levels as in spdlog: trace 0 … critical 5, off 6. An output channel that formats its own lines clears the formatters. */
const spdlog = `'use strict';
const fs = require('fs');
const path = require('path');
const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = 2;
    this.plain = false;
  }
  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  write(level, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').slice(0, -1);
    const line = this.plain ? message : time + ' [' + levels[level] + '] ' + message + '\\n';
    try { fs.appendFileSync(this.file, line); } catch { /* its folder is gone: the server is being stopped */ }
  }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() { this.plain = false; }
  clearFormatters() { this.plain = true; }
  flush() {}
  drop() {}
}

async function create(name, file) {
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  return new Logger('rotating', name, file);
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;

const watchdog = `'use strict';
exports.start = (pid) => {
  setInterval(() => {
    try { process.kill(pid, 0); } catch { process.exit(87); }
  }, 250).unref();
};
exports.exit = (code) => process.exit(code || 0);
`;
